"""The genome browser of a result: its page, and the addresses that it reads the files from."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gas.errors import NotFound
from gas.jobs import Job, ResultFile
from services.web.context import site
from services.web.genomes import Genome
from services.web.headers import POLICY, content_policy
from services.web.identity import current_account, require_login
from services.web.owned_jobs import owned_job
from services.web.refusals import NotAvailable
from services.web.results import result_link, why_not_available

blueprint = Blueprint("browser", __name__)
blueprint.before_request(require_login)

#: igv.js adds two style sheets to the page, for parts of it that this page does not use: these are their
#: digests, so that the policy need not allow any style. A browser test fails if they change.
STYLES = (
    "'sha256-ITHmamcImsZ/Je1xrdtDLZVvRSpj1Zokb6uHXORB824='",
    "'sha256-NTwDUA6nIvRRpI2lIBtHJqkV0TlTj4HVmI6vI81fIfM='",
)

_NOTHING = (
    "This result has no indexed VCF, which the genome browser reads. Please download the files instead."
)


@blueprint.get("/jobs/<job_id>/browser")
def show(job_id: str) -> ResponseReturnValue:
    """The page; the browser starts at the region that the address names."""
    job = owned_job(job_id)
    reason = _why_not(job)
    region = request.args.get("region", "")[:100]
    page = render_template("browser.html", job=job, reason=reason, genome=_genome(job), region=region)
    response = make_response(page)
    # Of any key: the page asks for the addresses of its files when it needs them.
    storage = site().ports.result_access.download_link("-", file_name="-", lifetime=1)
    response.headers[POLICY] = content_policy(storage, styles=STYLES)
    return response


@blueprint.get("/jobs/<job_id>/tracks.json")
def tracks(job_id: str) -> ResponseReturnValue:
    """Fresh addresses of the VCF and its index; they end, so the browser asks again before that."""
    job = owned_job(job_id)
    if reason := _why_not(job):
        raise NotAvailable(reason)
    genome, (vcf, index) = _genome(job), _indexed(job)
    return jsonify(
        reference={
            "id": genome.name,
            "name": genome.title,
            "format": "chromsizes",
            "fastaURL": url_for("browser.sizes", name=genome.name),
        },
        name=job.name or job.file_name,
        url=result_link(site(), current_account(), job, vcf.name),
        index_url=result_link(site(), current_account(), job, index.name),
        seconds=site().settings.download_seconds,
    )


@blueprint.get("/genomes/<name>.sizes")
def sizes(name: str) -> ResponseReturnValue:
    """The contigs of a genome and their lengths, as the browser reads them."""
    genome = site().genomes.get(name)
    if genome is None:
        raise NotFound(f"no genome {name}")
    lines = (f"{contig.name}\t{contig.length}\n" for contig in genome.contigs)
    return Response("".join(lines), mimetype="text/plain")


def _genome(job: Job) -> Genome:
    """That of the job; jobs that are older than the choice have the first one."""
    genomes = site().genomes
    return genomes.get(job.genome) or next(iter(genomes.values()))


def _why_not(job: Job) -> str | None:
    reason = why_not_available(job, current_account().plan, site().clock())
    return reason or (None if len(_indexed(job)) == 2 else _NOTHING)  # noqa: PLR2004 - a file and its index.


def _indexed(job: Job) -> list[ResultFile]:
    """The annotated VCF and its index, if both are there."""
    files = {file.name: file for file in job.result_files}
    found = [name for name in files if name.endswith(".vcf.gz") and f"{name}.tbi" in files]
    return [files[found[0]], files[f"{found[0]}.tbi"]] if found else []
