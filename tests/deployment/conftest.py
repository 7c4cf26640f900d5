"""Guard's library has wheels for some platforms only; elsewhere its test is not there."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("cfn_guard_rs") else ["test_guard_rules.py"]
