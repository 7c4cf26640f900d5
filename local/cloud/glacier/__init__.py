"""Amazon Glacier vaults: the service's own rules, in front of moto, with archives in temporary files."""
