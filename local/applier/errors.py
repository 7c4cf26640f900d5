"""What can be wrong with a template.

TemplateError
└── UnappliedProperty
"""


class TemplateError(Exception):
    """The template, or what it was given, cannot be applied."""


class UnappliedProperty(TemplateError):
    """A property that nothing here would apply: leaving it out silently would be a lie."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is not applied by the local cloud's applier")
