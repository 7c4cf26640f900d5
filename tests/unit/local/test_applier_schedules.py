"""Schedules as templates describe them."""

ACCOUNT = "123456789012"

RULE = """
    Parameters:
      Minutes: {Type: Number, Default: 5}
    Resources:
      Work:
        Type: AWS::SQS::Queue
        Properties: {QueueName: work}
      Lost:
        Type: AWS::SQS::Queue
        Properties: {QueueName: lost}
      Round:
        Type: AWS::Events::Rule
        Properties:
          Name: round
          ScheduleExpression: !Sub "rate(${Minutes} minutes)"
          State: ENABLED
          Targets:
            - Id: work
              Arn: !GetAtt Work.Arn
              Input: '{"go": true}'
              DeadLetterConfig: {Arn: !GetAtt Lost.Arn}
    Outputs:
      Arn: {Value: !GetAtt Round.Arn}
"""


def test_a_schedule_has_its_rate_and_its_targets_and_no_other(apply, session, capsys):
    """The second run changes both; what the local cloud does not do is said aloud."""
    apply(RULE)
    outputs = apply(RULE.replace("Id: work", "Id: other"), {"Minutes": "7"})

    events = session.client("events")
    rule = events.describe_rule(Name="round")
    (target,) = events.list_targets_by_rule(Rule="round")["Targets"]
    assert outputs == {"Arn": rule["Arn"]}
    assert (rule["ScheduleExpression"], rule["State"]) == ("rate(7 minutes)", "ENABLED")
    assert target == {
        "Id": "other",
        "Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:work",
        "Input": '{"go": true}',
        "DeadLetterConfig": {"Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:lost"},
    }
    assert "a schedule cannot deliver" in capsys.readouterr().out
