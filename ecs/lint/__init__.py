"""What is looked for in the templates beside their tests: ``make lint-templates``."""
