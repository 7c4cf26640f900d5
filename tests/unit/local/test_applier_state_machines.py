"""State machines as templates describe them, with definitions from files."""

import json

import pytest

from local.applier.errors import TemplateError

MACHINE = """
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Principal: {Service: states.amazonaws.com}, Action: "sts:AssumeRole"}
          Policies:
            - PolicyName: publish
              PolicyDocument:
                Version: "2012-10-17"
                Statement: [{Effect: Allow, Action: sns:Publish, Resource: "*"}]
      Machine:
        Type: AWS::StepFunctions::StateMachine
        Properties:
          StateMachineName: after
          RoleArn: !GetAtt Role.Arn
          DefinitionS3Location: {Bucket: artifacts, Key: after.asl.json}
          DefinitionSubstitutions: {Seconds: 5}
      Sender: {Type: AWS::SES::EmailIdentity, Properties: {EmailIdentity: gas@example.org}}
      Logs: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /gas/web, RetentionInDays: 30}}
    Outputs:
      Machine: {Value: !Ref Machine}
      Role: {Value: !Ref Role}
"""


def test_a_state_machine_is_read_from_its_file_and_updated(apply, session, tmp_path):
    """Role, sender and log group come with it; a second run takes the new definition."""
    file = tmp_path / "after.asl.json"
    definition = (
        '{"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": ${Seconds}, "End": true}}}'
    )
    file.write_text(definition)
    outputs = apply(MACHINE, files={"after.asl.json": file})
    file.write_text(definition.replace("Wait", "Pause").replace('"Type": "Pause"', '"Type": "Wait"'))
    apply(MACHINE, files={"after.asl.json": file})

    there = session.client("stepfunctions").describe_state_machine(stateMachineArn=outputs["Machine"])
    policies = session.client("iam").list_role_policies(RoleName=outputs["Role"])["PolicyNames"]
    (group,) = session.client("logs").describe_log_groups()["logGroups"]
    identities = session.client("sesv2").list_email_identities()["EmailIdentities"]
    assert json.loads(there["definition"])["States"]["Pause"]["Seconds"] == 5
    assert there["roleArn"].endswith(":role/stack-Role")
    assert policies == ["publish"]
    assert (group["logGroupName"], group["retentionInDays"]) == ("/gas/web", 30)
    assert [identity["IdentityName"] for identity in identities] == ["gas@example.org"]


def test_a_definition_must_be_there_and_complete(apply, tmp_path):
    """A missing file and a missing substitution are named."""
    with pytest.raises(TemplateError, match=r"Machine: no file was given for after\.asl\.json"):
        apply(MACHINE)
    file = tmp_path / "after.asl.json"
    file.write_text('{"Comment": "${Unknown}"}')
    with pytest.raises(TemplateError, match="asks for Unknown"):
        apply(MACHINE, files={"after.asl.json": file})
