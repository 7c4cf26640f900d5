"""The values of the keys: taken from a field, brought into the form of INFO, whole columns at a time."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from services.annotator.pack_tool.known.reading import Reading
    from services.annotator.pack_tool.known.source_spec import Field

# What stays as it is in an INFO value. The rest is percent-encoded, as section 1.2 of the VCF
# specification asks for ; = % , and blanks (blanks since readers of version 4.2 refuse them).
_SAFE = "!\"#$&'()*+-./:<>?@[]^_`{|}~\\"
_UNSAFE = r"""[^0-9A-Za-z!"#$&'()*+\-./:<>?@\[\]^_`{|}~\\]"""

# What a number looks like in a VCF (version 4.3, section 1.3), without infinity and nan.
NUMBERS = {"Integer": r"^[-+]?[0-9]+$", "Float": r"^[-+]?[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?$"}

Strings = Any  # A pyarrow.StringArray; the library has no types.


def info_field(info: Strings, name: str) -> Strings:
    """The text of an INFO field in each record; null where a record does not have it."""
    pattern = f"(?:^|;){re.escape(name)}=(?P<value>[^;]*)"
    return pc.struct_field(pc.extract_regex(info, pattern), "value")


def of_alleles(texts: Strings, parents: Any, indices: Any, *, per_allele: bool) -> Strings:
    """The text of each allele from those of its record.

    :param parents: for each allele the row of its record.
    :param indices: for each allele its place in ALT, counted from 0.
    :param per_allele: the text has a value for each allele, separated by commas.
    """
    if not per_allele:
        return texts.take(parents)
    lists = pc.split_pattern(texts, ",")
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy()[parents]
    places = lists.offsets.to_numpy()[parents] + indices
    return lists.values.take(pa.array(places, mask=indices >= lengths))


def values(field: Field, texts: Strings, reading: Reading) -> Strings:
    """The values as they go into INFO, null where there is none.

    :param reading: counts the values that are not of the type of their key, and are left out.
    """
    if field.pattern is not None or field.scale is not None:
        encoded = texts.dictionary_encode()
        changed = pa.array([_value(field, text) for text in encoded.dictionary.to_pylist()], pa.string())
        found = changed.take(encoded.indices)
    else:
        found = _quoted(field, texts)
    found = pc.if_else(pc.is_in(found, pa.array(["", "."])), pa.scalar(None, pa.string()), found)
    return _checked(field, found, reading)


def _quoted(field: Field, texts: Strings) -> Strings:
    """Texts of which most are fit as they are."""
    unsafe = pc.fill_null(pc.match_substring_regex(texts, _UNSAFE), fill_value=False)
    if not pc.any(unsafe).as_py():
        return texts
    encoded = texts.filter(unsafe).dictionary_encode()
    changed = pa.array([_value(field, text) for text in encoded.dictionary.to_pylist()], pa.string())
    return pc.replace_with_mask(texts, unsafe, changed.take(encoded.indices))


def _value(field: Field, text: str) -> str:
    if field.pattern:
        match = field.pattern.search(text)
        text = (match[1] or "") if match else ""
    if field.scale is not None:
        text = _scaled(text, field.scale)
    # A source is a VCF itself and may have encoded what it reserves.
    return "" if text == "." else quote(unquote(text), safe=_SAFE)


def _scaled(text: str, scale: Decimal) -> str:
    """A number in another unit; empty for what is not a number, such as the point of a missing value."""
    try:
        number = scale * Decimal(text)
    except InvalidOperation:
        return ""
    return format(number.normalize(), "f") if number.is_finite() else ""


def _checked(field: Field, found: Strings, reading: Reading) -> Strings:
    """Without what is not a number, where the key is one."""
    if field.key.type not in NUMBERS:
        return found
    wrong = pc.invert(pc.match_substring_regex(found, NUMBERS[field.key.type]))
    if count := int(pc.sum(wrong).as_py() or 0):
        example = found.filter(wrong)[0].as_py()[:20]
        reason = f"values of {field.key.id} that are not of the type {field.key.type}"
        reading.leave_out(reason, example, count)
        return pc.if_else(pc.fill_null(wrong, fill_value=False), pa.scalar(None, pa.string()), found)
    return found


def constant(text: str, length: int) -> Strings:
    """The same value many times."""
    return pa.repeat(pa.scalar(quote(unquote(text), safe=_SAFE), pa.string()), length)
