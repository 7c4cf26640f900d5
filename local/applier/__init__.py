"""Applies the CloudFormation templates of ecs/templates to any endpoint that speaks the AWS APIs.

moto's own CloudFormation drops most properties without a word. This one knows fewer resource types, and
refuses by name whatever it would not apply, so that what runs locally is what the template says.
"""

from local.applier.stack import apply_resource, apply_template
from local.applier.target import KNOWN_NOT_ENFORCED

__all__ = ["KNOWN_NOT_ENFORCED", "apply_resource", "apply_template"]
