"""The operator's side: templates, and the commands that apply them (`python -m ecs --help`)."""
