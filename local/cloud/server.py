"""The AWS side of the cloud: moto inside, the layers of `local.cloud.s3`, `.glacier` and `.iam` around."""

import os

from moto.moto_server import werkzeug_app

from local.cloud.accounts import AccessKey
from local.cloud.glacier.layer import Glacier
from local.cloud.iam.guard import Guard
from local.cloud.iam.ledger import Ledger
from local.cloud.outbox import Outbox
from local.cloud.patches import install_all
from local.cloud.patches.replacing import replace
from local.cloud.s3.access import Access
from local.cloud.s3.completions import Completions
from local.cloud.s3.copy_requests import CopyRequests
from local.cloud.s3.cors import Cors
from local.cloud.s3.digests import Digests
from local.cloud.s3.forms import Forms
from local.cloud.s3.part_lists import PartLists
from local.cloud.s3.part_requests import PartRequests
from local.cloud.s3.requests import Application
from local.cloud.s3.restore_requests import RestoreRequests
from local.cloud.s3.restores import Restores
from local.cloud.s3.tiers import Tiers
from local.cloud.timetable import Timetable


def _moto(port: int) -> Application:
    """State machines call back to MOTO_PORT; moto's own CORS answers every origin and is left out."""
    os.environ["MOTO_PORT"] = str(port)
    replace(werkzeug_app, "DISABLE_GLOBAL_CORS", True)
    install_all()
    return werkzeug_app.DomainDispatcherApplication(werkzeug_app.create_backend_app)


def build(port: int, key: AccessKey, tiers: Tiers, outbox: Outbox, ledger: Ledger) -> Application:
    """The application for the cloud's one port; changes moto for the whole process."""
    timetable = Timetable()
    moto = _moto(port)
    outbox.listen()
    timetable.start()
    parts = CopyRequests(PartRequests(PartLists(Completions(Digests(moto)))))
    inner = RestoreRequests(parts, Restores(tiers, timetable.after))
    guarded = Guard(Glacier(inner, tiers, timetable.after), ledger)
    return Cors(Access(Forms(guarded, key), key))
