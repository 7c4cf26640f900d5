"""Run as a process of its own: ``bcftools csq`` out of pysam, bounded, and then gone.

The consequence caller holds Python's lock while it works and may crash on data that nobody has seen
yet, so it never runs in the process that has the user's file open.
"""

import resource
import sys

import pysam.bcftools

# A block takes well under a second; this ends a process that its parent can no longer end.
CPU_SECONDS = 120

# At the soft limit the engine ends by a signal that tells of it; only at the hard one by SIGKILL,
# which would look like an outage.
CPU_GRACE_SECONDS = 5

# The gene models of all human contigs take less than 1 GiB, the sequence is read in windows.
MEMORY_BYTES = 4 << 30

# A block of records gives tens of megabytes at most; this keeps a freak from filling the disk.
OUTPUT_BYTES = 2 << 30


def main(arguments: list[str]) -> None:
    """Call the consequences of the VCF on standard input, on standard output.

    :param arguments: the CPU seconds that it may take, and what the engine is told.
    """
    seconds, *told = arguments
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_CPU, int(seconds), CPU_GRACE_SECONDS)
    limit(resource.RLIMIT_AS, MEMORY_BYTES)
    limit(resource.RLIMIT_FSIZE, OUTPUT_BYTES)
    pysam.bcftools.csq(*told, catch_stdout=False)


def limit(kind: int, most: int, grace: int = 0) -> None:
    """Set a limit, or keep that of the environment where it is lower, which nobody may raise.

    :param grace: how far the hard limit is above the soft one.
    """
    _, highest = resource.getrlimit(kind)
    hard = most + grace if highest == resource.RLIM_INFINITY else min(most + grace, highest)
    resource.setrlimit(kind, (max(0, min(most, hard - grace)), hard))


if __name__ == "__main__":
    main(sys.argv[1:])
