"""Tables as templates describe them: settings follow the template, and items stay."""

import pytest

from local.applier.errors import TemplateError

TABLE = """
    Parameters:
      Protect: {Type: String, Default: "true"}
    Resources:
      Jobs:
        Type: AWS::DynamoDB::Table
        DeletionPolicy: Retain
        UpdateReplacePolicy: Retain
        Properties:
          TableName: jobs
          BillingMode: PAY_PER_REQUEST
          AttributeDefinitions:
            - {AttributeName: job_id, AttributeType: S}
            - {AttributeName: user_id, AttributeType: S}
          KeySchema: [{AttributeName: job_id, KeyType: HASH}]
          GlobalSecondaryIndexes:
            - IndexName: by-user
              KeySchema: [{AttributeName: user_id, KeyType: HASH}]
              Projection: {ProjectionType: ALL}
          TimeToLiveSpecification: {AttributeName: expires_at, Enabled: true}
          PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}
          SSESpecification: {SSEEnabled: true}
          DeletionProtectionEnabled: !Ref Protect
    Outputs:
      Name: {Value: !Ref Jobs}
      Arn: {Value: !GetAtt Jobs.Arn}
"""


def test_a_table_has_everything_that_its_template_says(apply, session):
    """Index, expiry, recovery, encryption and protection are all there."""
    outputs = apply(TABLE)

    dynamodb = session.client("dynamodb")
    table = dynamodb.describe_table(TableName="jobs")["Table"]
    backups = dynamodb.describe_continuous_backups(TableName="jobs")["ContinuousBackupsDescription"]
    expiry = dynamodb.describe_time_to_live(TableName="jobs")["TimeToLiveDescription"]
    assert outputs == {"Name": "jobs", "Arn": table["TableArn"]}
    assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == ["by-user"]
    assert table["SSEDescription"]["Status"] == "ENABLED"
    assert table["DeletionProtectionEnabled"] is True
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert (expiry["AttributeName"], expiry["TimeToLiveStatus"]) == ("expires_at", "ENABLED")


def test_applying_again_keeps_the_items_and_updates_the_settings(apply, session):
    """The second run changes only what is different."""
    first = apply(TABLE)
    dynamodb = session.client("dynamodb")
    dynamodb.put_item(TableName="jobs", Item={"job_id": {"S": "1"}})

    assert apply(TABLE, {"Protect": "false"}) == first

    assert dynamodb.scan(TableName="jobs")["Count"] == 1
    assert dynamodb.describe_table(TableName="jobs")["Table"]["DeletionProtectionEnabled"] is False


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("{AttributeName: job_id, KeyType: HASH}", "{AttributeName: user_id, KeyType: HASH}", "KeySchema"),
        ("IndexName: by-user", "IndexName: other", "GlobalSecondaryIndexes"),
    ],
)
def test_a_table_is_never_replaced(apply, old, new, named):
    """What would need a new table is refused, by name."""
    apply(TABLE)

    with pytest.raises(TemplateError, match=f"Jobs.{named}"):
        apply(TABLE.replace(old, new))
