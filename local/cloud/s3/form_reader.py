"""Reading an upload form in its order: S3 looks only at the fields before the file."""

from dataclasses import dataclass, field
from typing import IO

from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from local.cloud.s3.bodies import CHUNK
from local.cloud.s3.errors import S3Error, bad_request

#: "The maximum size of the form data before the file": 20 KB.
#: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
LONGEST_FIELDS = 20_480


@dataclass
class Form:
    """What came before the file, and how long the file is."""

    fields: dict[str, str] = field(default_factory=dict)
    file_name: str | None = None
    file_size: int = 0
    _name: str | None = None
    _length: int = 0

    def take(self, event: Event) -> None:
        """Follow the form by one step."""
        if isinstance(event, Field):
            self._begin_field(event.name)
        elif isinstance(event, File):
            self._begin_file(event.filename)
        elif isinstance(event, Data):
            self._continue(event.data)

    def _begin_field(self, name: str) -> None:
        if self.file_name is not None:
            raise _not_well_formed()
        self._name = name.lower()
        self.fields[self._name] = ""

    def _begin_file(self, file_name: str) -> None:
        if self.file_name is not None:
            raise bad_request("InvalidArgument", "POST requires exactly one file upload per request.")
        self._name, self.file_name = None, file_name

    def _continue(self, data: bytes) -> None:
        if self._name is None:
            self.file_size += len(data)
            return
        self._length += len(data)
        if self._length > LONGEST_FIELDS:
            raise bad_request(
                "MaxPostPreDataLengthExceeded",
                "Your POST request fields preceding the upload file were too large.",
            )
        self.fields[self._name] += data.decode("utf-8", "replace")


def _not_well_formed() -> S3Error:
    """Also the answer to a field after the file: S3 would ignore it silently, here it is a mistake."""
    return bad_request(
        "MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data."
    )


def read_form(content_type: str, body: IO[bytes]) -> Form:
    """Read to the end without keeping the file."""
    boundary = parse_options_header(content_type)[1].get("boundary", "")
    decoder, form = MultipartDecoder(boundary.encode()), Form()
    try:
        _follow(decoder, body, form)
    except ValueError as e:
        raise _not_well_formed() from e
    if form.file_name is None:
        raise bad_request("InvalidArgument", "POST requires exactly one file upload per request.")
    return form


def _follow(decoder: MultipartDecoder, body: IO[bytes], form: Form) -> None:
    while True:
        event = decoder.next_event()
        if isinstance(event, Epilogue):
            return
        if isinstance(event, NeedData):
            decoder.receive_data(body.read(CHUNK) or None)
        else:
            form.take(event)
