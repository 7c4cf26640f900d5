"""The table of a job's result: a page of it, one allele, and what is taken out of it as a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from urllib.parse import parse_qsl

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gas.errors import NotFound
from gas.jobs import Job
from services.web.context import site
from services.web.identity import current_account, require_login
from services.web.owned_jobs import owned_job
from services.web.refusals import NotAvailable, Refusal
from services.web.results import result_link, summary_bytes, why_not_available
from services.web.viewer import exports
from services.web.viewer.cells import impact_tone, value_text
from services.web.viewer.columns import all_columns
from services.web.viewer.described import Described, read_described
from services.web.viewer.engine import Busy
from services.web.viewer.filter_reading import read_view
from services.web.viewer.filters import GENOTYPES, Filter, View, by_name
from services.web.viewer.page_view import Row, TableView, view_table
from services.web.viewer.tables import Table, table_file

blueprint = Blueprint("table", __name__, url_prefix="/jobs/<job_id>")
blueprint.before_request(require_login)

#: The largest number that DuckDB compares an INTEGER column with.
_MOST = 2**63 - 1

#: How long an export waits for its turn.
_WAIT_SECONDS = 2.0

_NO_TABLE = "This annotator made no table of its result. Please download the files from the job's page."


class WrongFilter(Refusal):
    """The filter of an export cannot be used."""

    code = "wrong_filter"


@blueprint.get("/table")
def show(job_id: str) -> ResponseReturnValue:
    """A page of the table; the address of every view has one form, and others lead to it."""
    job = owned_job(job_id)
    if reason := _why_not(job):
        return render_template("table_away.html", job=job, reason=reason)
    with ExitStack() as stack:
        table = _open(job, stack)
        view, problems = read_view(request.args, table.content)
        page = table.page(view)
        view = replace(view, page=page.number)
        given = parse_qsl(request.query_string.decode("ascii", "replace"), keep_blank_values=True)
        if not problems and given != view.pairs():
            return redirect(_address(job_id, view))
        shown = view_table(table.content, view, page, lambda view: _address(job_id, view))
    return _render(job, shown, problems)


def _render(job: Job, shown: TableView, problems: dict[str, str]) -> str:
    def row_address(row: Row) -> str:
        return url_for("table.allele", job_id=job.job_id, line=row.line, allele=row.allele)

    return render_template(
        "table.html",
        job=job,
        shown=shown,
        problems=problems,
        genotypes=GENOTYPES,
        row_address=row_address,
        formats=exports.FORMATS,
        export=_export_addresses(job.job_id, shown.view),
        jump=[pair for pair in shown.view.pairs() if pair[0] != "page"],
    )


@blueprint.get(f"/table/<int(max={_MOST}):line>/<int(max={_MOST}):allele>")
def allele(job_id: str, line: int, allele: int) -> ResponseReturnValue:
    """All columns of one allele: of the record on this line of the input."""
    job = owned_job(job_id)
    if reason := _why_not(job):
        return render_template("table_away.html", job=job, reason=reason)
    with ExitStack() as stack:
        table = _open(job, stack)
        row = table.allele(line, allele)
        content = table.content
    values = [(column, value_text(column.name, row[column.name])) for column in all_columns(content)]
    around = f"{row['contig']}:{max(1, row['position'] - 50)}-{row['position'] + 50}"
    return render_template(
        "table_allele.html",
        job=job,
        row=row,
        values=values,
        tone=impact_tone(row["impact"] or ""),
        around=around,
        browser="browser.show" in current_app.view_functions,
    )


@blueprint.get("/export")
def export(job_id: str) -> ResponseReturnValue:
    """The filtered alleles as a file; without a filter the file that is stored, where there is one."""
    job = owned_job(job_id)
    kind = exports.FORMATS.get(request.args.get("format", ""))
    if not kind:
        raise WrongFilter(f"The format has to be one of {', '.join(exports.FORMATS)}.")
    if reason := _why_not(job):
        raise NotAvailable(reason)
    with ExitStack() as stack:
        table = _open(job, stack)
        wanted = _filter(table)
        stored = next((file.name for file in job.result_files if file.name.endswith(kind.stored)), None)
        if kind.stored and stored and not wanted:
            return redirect(result_link(site(), current_account(), job, stored))
        _take_turn(stack)
        pieces = _pieces(kind.suffix, job, table, wanted, stack)
        first = next(pieces, b"")
        kept = stack.pop_all()
    response = Response(_from(first, pieces), mimetype=kind.media_type)
    response.headers.set(
        "Content-Disposition", "attachment", filename=exports.export_name(job.file_name, wanted, kind)
    )
    # Also when the client goes away before the end, or takes nothing at all.
    response.call_on_close(kept.close)
    return response


def _why_not(job: Job) -> str | None:
    """Why there is no table to be seen now: the rule is that of downloads."""
    reason = why_not_available(job, current_account().plan, site().clock())
    return reason or (None if table_file(job) else _NO_TABLE)


def _open(job: Job, stack: ExitStack) -> Table:
    file = table_file(job)
    assert file
    return stack.enter_context(site().tables.open(file, lambda: _describe(job)))


def _describe(job: Job) -> Described:
    try:
        return read_described(summary_bytes(site(), job))
    except NotFound:
        return Described()


def _address(job_id: str, view: View) -> str:
    return url_for("table.show", job_id=job_id, **by_name(view.pairs()))  # type: ignore[arg-type]


def _export_addresses(job_id: str, view: View) -> dict[str, str]:
    pairs = by_name(view.filter.pairs())
    return {
        name: url_for("table.export", job_id=job_id, format=name, **pairs)  # type: ignore[arg-type]
        for name in exports.FORMATS
    }


def _filter(table: Table) -> Filter:
    view, problems = read_view(request.args, table.content)
    if problems:
        raise WrongFilter(" ".join(problems.values()))
    return view.filter


def _take_turn(stack: ExitStack) -> None:
    turns = site().tables.exports
    if not turns.acquire(timeout=_WAIT_SECONDS):
        raise Busy("Too many files are being made just now. Please try again in a minute.")
    stack.callback(turns.release)


def _pieces(suffix: str, job: Job, table: Table, wanted: Filter, stack: ExitStack) -> Iterator[bytes]:
    """The file in the making; what it holds is given back with the stack."""
    if suffix == exports.FORMATS["tsv"].suffix:
        pieces = exports.tsv(table, wanted)
    elif suffix == exports.FORMATS["parquet"].suffix:
        target = stack.enter_context(site().tables.cache.scratch(table.path.stat().st_size))
        pieces = exports.parquet(table, wanted, target)
    else:
        file = next(file for file in job.result_files if file.name.endswith(exports.FORMATS["vcf"].stored))
        stored = site().ports.result_stream.stream(file.key)
        stack.callback(stored.close)  # type: ignore[attr-defined]
        pieces = exports.vcf(table, wanted, stored)
    stack.callback(pieces.close)  # type: ignore[attr-defined]
    return pieces


def _from(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
