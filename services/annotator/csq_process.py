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
    """Call the consequences of the VCF on standard input, on standard output."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + CPU_GRACE_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_BYTES, OUTPUT_BYTES))
    pysam.bcftools.csq(*arguments, catch_stdout=False)


if __name__ == "__main__":
    main(sys.argv[1:])
