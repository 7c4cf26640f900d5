"""What stands in front of moto's S3: who may ask, what an upload form may do, how long a restore takes."""
