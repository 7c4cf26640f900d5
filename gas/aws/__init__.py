"""The adapters to AWS: the only code that imports boto3.

Locally the same adapters speak to an embedded cloud: boto3 reads ``AWS_ENDPOINT_URL`` itself.
"""
