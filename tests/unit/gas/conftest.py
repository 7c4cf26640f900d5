"""A vault and a bucket in which nothing is yet."""

from __future__ import annotations

import pytest

from tests.unit.gas.vault_service import BucketService, VaultService


@pytest.fixture
def vault() -> VaultService:
    return VaultService()


@pytest.fixture
def bucket() -> BucketService:
    return BucketService()
