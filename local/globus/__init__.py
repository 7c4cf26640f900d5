"""A stand-in for Globus Auth: the parts that the unmodified globus-sdk talks to, with three researchers.

Point the SDK at it with GLOBUS_SDK_SERVICE_URL_AUTH. It shows who logs in by a click and proves nothing,
so it is for this machine only.
"""
