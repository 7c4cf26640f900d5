"""What the user has asked for, against what this annotator does."""

from __future__ import annotations

from gas.errors import InvalidInput
from gas.jobs import Job
from services.annotator.engines.engine import Capabilities

OTHER_GENOME = (
    "This service annotates against the genome {own}, and the job asks for {wanted}. Please submit the file"
    " again and choose {own}."
)
OTHER_MODE = (
    "This service has no {wanted} mode. Please submit the file again and choose another one under Advanced."
)


def check_request(job: Job, capabilities: Capabilities) -> None:
    """An older job, or one from a script, may leave the choice to the annotator.

    :raises InvalidInput: the annotator has another genome, or its engine does not know the mode.
    """
    if job.genome and capabilities.genome and job.genome != capabilities.genome:
        raise InvalidInput(OTHER_GENOME.format(own=capabilities.genome, wanted=job.genome))
    if job.mode and job.mode not in capabilities.modes:
        raise InvalidInput(OTHER_MODE.format(wanted=job.mode))
