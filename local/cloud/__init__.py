"""An AWS-shaped cloud in one process: moto, and what moto leaves out that the services rely on."""
