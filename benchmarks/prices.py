"""What AWS asks for, in US dollars, us-east-1, each with the date that it was read.

Those of cold storage are in `gas.cold_stores`, which the web app shows to users. AWS publishes all of them at
https://aws.amazon.com/pricing/; they change, and other regions differ by up to a third.
"""

from __future__ import annotations

HOURS_A_MONTH = 730.0
KIB_64 = 64 * 1024

# As of 2026-09-29, an hour: https://aws.amazon.com/ec2/pricing/on-demand/
#: Of one vCPU of c7g, in each of its sizes.
C7G_CPU = 0.03625
T4G_SMALL = 0.0168
T4G_MEDIUM = 0.0336
#: Of a GB-month of gp3.
EBS_GB_MONTH = 0.08
#: What Spot costs of the price on demand. It changes by the hour; this is on the careful side.
SPOT_SHARE = 0.4

# As of 2024-07 to 2024-12.
LOAD_BALANCER_MONTH = 16.43
NAT_MONTH = 32.85
NAT_GB = 0.045
ENDPOINT_ZONE_MONTH = 7.30
FIREWALL_MONTH, FIREWALL_RULE_MONTH, FIREWALL_REQUEST = 5.0, 1.0, 0.60e-6
KEY_MONTH, KEY_REQUEST = 1.0, 0.03e-4
SECRET_MONTH = 0.40
ALARM_METRIC_MONTH, OWN_METRIC_MONTH, DASHBOARD_MONTH = 0.10, 0.30, 3.0
LOG_GB = 0.50
IMAGE_GB_MONTH = 0.10
SQS_REQUEST = 0.40e-6
SNS_PUBLISH = 0.50e-6
TRANSITION = 0.025e-3
DYNAMODB_WRITE, DYNAMODB_READ, DYNAMODB_GB_MONTH = 0.625e-6, 0.125e-6, 0.25
MAIL = 0.10e-3

# As of 2025-07-04 (`gas.cold_stores.PRICES_AS_OF`).
S3_GIB_MONTH = 0.023
S3_PUT, S3_GET = 0.005e-3, 0.0004e-3
#: To the internet; the first 100 GB of a month cost nothing, which is left out.
EGRESS_GB = 0.09
