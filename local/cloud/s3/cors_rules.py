"""A bucket's CORS configuration, evaluated as S3 does: the first rule that fits, or none.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from moto.s3.exceptions import MissingBucket

from local.cloud.accounts import object_store

ANY = "*"
Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Ask:
    """The question of a browser: may this origin use this method with these headers."""

    origin: str
    method: str
    headers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One rule of a bucket; patterns hold at most one star."""

    origins: tuple[str, ...]
    methods: tuple[str, ...]
    headers: tuple[str, ...]
    exposed: tuple[str, ...]
    max_age: str | None

    def allows(self, ask: Ask) -> bool:
        """Whether origin, method and every header fit."""
        return (
            _fits(ask.origin, self.origins)
            and ask.method in self.methods
            and all(_fits(name.lower(), [h.lower() for h in self.headers]) for name in ask.headers)
        )

    def response_headers(self, ask: Ask) -> Headers:
        """What the browser is told."""
        open_to_all = ANY in self.origins
        headers = [
            ("Access-Control-Allow-Origin", ANY if open_to_all else ask.origin),
            ("Access-Control-Allow-Methods", ", ".join(self.methods)),
            ("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"),
        ]
        if not open_to_all:
            headers.append(("Access-Control-Allow-Credentials", "true"))
        if ask.headers:
            headers.append(("Access-Control-Allow-Headers", ", ".join(ask.headers)))
        if self.exposed:
            headers.append(("Access-Control-Expose-Headers", ", ".join(self.exposed)))
        if self.max_age:
            headers.append(("Access-Control-Max-Age", self.max_age))
        return headers


def _fits(value: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(value, pattern.replace("[", "[[]")) for pattern in patterns)


def rules_of(bucket: str) -> list[Rule]:
    """Empty when the bucket does not exist or has no configuration."""
    try:
        stored = object_store().get_bucket(bucket).cors
    except MissingBucket:
        return []
    return [
        Rule(
            origins=tuple(rule.allowed_origins or ()),
            methods=tuple(rule.allowed_methods or ()),
            headers=tuple(rule.allowed_headers or ()),
            exposed=tuple(rule.exposed_headers or ()),
            max_age=str(rule.max_age_seconds) if rule.max_age_seconds else None,
        )
        for rule in stored or ()
    ]


def first_rule(bucket: str, ask: Ask) -> Rule | None:
    """The rule that answers; None refuses."""
    return next((rule for rule in rules_of(bucket) if rule.allows(ask)), None)
