"""What the web application reads from its environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gas.settings import setting


@dataclass(frozen=True, kw_only=True)
class WebSettings:
    """Read once, at start; sizes are bytes, times are seconds."""

    jobs_table: str = setting("GAS_JOBS_TABLE", "name of the table of jobs")
    accounts_table: str = setting("GAS_ACCOUNTS_TABLE", "name of the table of accounts")
    tokens_table: str = setting("GAS_TOKENS_TABLE", "name of the table of personal access tokens")
    inputs_bucket: str = setting("GAS_INPUTS_BUCKET", "bucket that uploads go to")
    results_bucket: str = setting("GAS_RESULTS_BUCKET", "bucket of results, logs and summaries")
    archive_requests_topic: str = setting("GAS_ARCHIVE_REQUESTS_TOPIC", "ARN of the topic archive-requests")
    restore_requests_topic: str = setting("GAS_RESTORE_REQUESTS_TOPIC", "ARN of the topic restore-requests")
    web_url: str = setting("GAS_WEB_URL", "public base address, as users type it")
    secret_key: str = setting("GAS_SECRET_KEY", "key that signs session cookies", secret=True)
    secret_key_fallbacks: str = setting(
        "GAS_SECRET_KEY_FALLBACKS",
        "earlier keys whose cookies are still accepted, separated by commas",
        default="",
        secret=True,
    )
    globus_client_id: str = setting("GAS_GLOBUS_CLIENT_ID", "client id of the Globus Auth registration")
    globus_client_secret: str = setting(
        "GAS_GLOBUS_CLIENT_SECRET", "client secret of the Globus Auth registration", secret=True
    )
    free_input_bytes: int = setting(
        "GAS_FREE_INPUT_BYTES", "largest input on the free plan", default=50_000_000
    )
    premium_input_bytes: int = setting(
        "GAS_PREMIUM_INPUT_BYTES", "largest input on the premium plan", default=50_000_000_000
    )
    paste_bytes: int = setting("GAS_PASTE_BYTES", "largest input that can be pasted", default=1_000_000)
    retention_seconds: int = setting(
        "GAS_RETENTION_SECONDS", "how long results of the free plan stay downloadable", default=180
    )
    extension_seconds: int = setting(
        "GAS_EXTENSION_SECONDS", "how much longer one press of the button keeps free results", default=86_400
    )
    extensions: int = setting(
        "GAS_EXTENSIONS", "how often free results can be kept for longer in one window; 0: never", default=3
    )
    restore_tier: str = setting(
        "GAS_RESTORE_TIER",
        "how results are asked for where the user does not say: Expedited, Standard or Bulk",
        default="Expedited",
    )
    tiers: str = setting(
        "GAS_TIERS",
        "how premium users may have results asked for besides, separated by commas",
        default="Expedited,Standard,Bulk",
    )
    upload_seconds: int = setting(
        "GAS_UPLOAD_SECONDS", "how long an upload form, or the address of a part, is valid", default=600
    )
    part_upload_bytes: int = setting(
        "GAS_PART_UPLOAD_BYTES", "a larger input is uploaded in parts", default=100_000_000
    )
    # Longer than a message can wait in a queue: an upload must find its job, however late the annotator is.
    ticket_seconds: int = setting(
        "GAS_TICKET_SECONDS", "when a job whose file never came is removed", default=432_000
    )
    download_seconds: int = setting("GAS_DOWNLOAD_SECONDS", "how long a download link is valid", default=300)
    genomes: str = setting(
        "GAS_GENOMES",
        "files of `services/web/genomes` that can be chosen, the usual one first, separated by commas",
        default="human_mt",
    )
    scratch: Path = setting(
        "GAS_SCRATCH",
        "folder for copies of tables, which the server processes share; on a local disk",
        default=Path("/scratch"),
    )
    viewer_cache_mib: int = setting(
        "GAS_VIEWER_CACHE_MIB", "most MiB of tables in that folder; a larger table is not shown", default=1024
    )
    host: str = setting("GAS_HOST", "address to listen on", default="0.0.0.0")  # noqa: S104 - a container.
    port: int = setting("GAS_PORT", "port to listen on", default=8080)
    workers: int = setting("GAS_WEB_WORKERS", "server processes", default=2)
    threads: int = setting("GAS_WEB_THREADS", "threads of each server process", default=8)
    trusted_proxies: int = setting(
        "GAS_TRUSTED_PROXIES", "how many proxies in front set X-Forwarded-For and -Proto", default=0
    )
    log_level: str = setting("GAS_LOG_LEVEL", "lowest level that is logged", default="INFO")

    @property
    def https(self) -> bool:
        """Whether users reach the site over TLS; else it must be a developer's loopback."""
        return self.web_url.startswith("https://")
