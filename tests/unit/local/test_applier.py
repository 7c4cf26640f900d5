"""The applier does what a template says, refuses what it cannot, and can be run again."""

import pytest

from local.applier.errors import TemplateError, UnappliedProperty


@pytest.mark.parametrize(
    ("resource", "named"),
    [
        ("{Type: AWS::SQS::Queue, Properties: {DeduplicationScope: queue}}", "X.DeduplicationScope"),
        ("{Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {typo: 1}}}", "X.RedrivePolicy.typo"),
        ("{Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: {a: 1}}}", "X.VisibilityTimeout"),
        ("{Type: AWS::SNS::Topic, Properties: {FifoTopic: true}}", "X.FifoTopic"),
        (
            "{Type: AWS::S3::Bucket, Properties: {AccelerateConfiguration: {a: b}}}",
            "X.AccelerateConfiguration",
        ),
        (
            "{Type: AWS::S3::Bucket, Properties: {LifecycleConfiguration: {Rules: [{Id: a}, {Size: 1}]}}}",
            "X.LifecycleConfiguration.Rules[1].Size",
        ),
        ("{Type: AWS::DynamoDB::Table, Properties: {StreamSpecification: {a: b}}}", "X.StreamSpecification"),
        ("{Type: AWS::IAM::Role, Properties: {PermissionsBoundary: a}}", "X.PermissionsBoundary"),
    ],
)
def test_a_property_that_would_be_dropped_is_refused(apply, session, resource, named):
    """Resource and property are named, at any depth, before anything is created."""
    with pytest.raises(UnappliedProperty) as refused:
        apply(f"Resources: {{First: {{Type: AWS::SQS::Queue}}, X: {resource}}}")

    assert str(refused.value).startswith(named + " ")
    assert "QueueUrls" not in session.client("sqs").list_queues()


@pytest.mark.parametrize(
    ("template", "complaint"),
    [
        ("Resources: {X: {Type: AWS::Lambda::Function}}", "AWS::Lambda::Function is not known"),
        ("Resources: {X: {Type: AWS::SQS::Queue, CreationPolicy: {}}}", "CreationPolicy"),
        ("Resources: {}\nMappings: {}", "Mappings"),
        ("Resources: {X: {Type: AWS::SNS::Topic, Properties: {TopicName: !Base64 x}}}", "Fn::Base64"),
        ("Resources: {X: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Nobody}}}", "no Nobody"),
        ("Resources: {X: {Type: AWS::SQS::Queue, DependsOn: Nobody}}", "no resource Nobody"),
        ("Parameters: {P: {Type: String}}\nResources: {}", "Parameter P has no value"),
        ("Parameters: {P: {Type: String, Default: x, AllowedValues: [y]}}\nResources: {}", "cannot be 'x'"),
        ("Parameters: {P: {Type: Number, Default: x}}\nResources: {}", "not a number"),
        (
            "Resources: {A: {Type: AWS::SQS::Queue, DependsOn: B}, B: {Type: AWS::SQS::Queue, DependsOn: A}}",
            "need each other",
        ),
    ],
)
def test_a_template_that_cannot_be_applied_says_why(apply, template, complaint):
    """One sentence with the name of what is wrong."""
    with pytest.raises(TemplateError, match=complaint):
        apply(template)


def test_an_unknown_parameter_is_refused(apply):
    """A misspelt one would otherwise leave the default in force."""
    with pytest.raises(TemplateError, match="no parameter Wrong"):
        apply("Resources: {}", {"Wrong": "x"})


def test_conditions_choose_resources_and_values(apply, session):
    """If, Equals, Not and NoValue."""
    template = """
        Parameters: {Stage: {Type: String}}
        Conditions:
          IsLive: !Equals [!Ref Stage, live]
          IsTest: !Not [!Condition IsLive]
        Resources:
          Extra: {Type: AWS::SQS::Queue, Condition: IsTest, Properties: {QueueName: extra}}
          Main:
            Type: AWS::SQS::Queue
            Properties:
              QueueName: !If [IsLive, live, !Sub ["${Kind}-${!literal}", {Kind: test}]]
              DelaySeconds: !If [IsLive, 5, !Ref "AWS::NoValue"]
        Outputs:
          Extra: {Value: !Ref Extra, Condition: IsTest}
    """
    assert apply(template, {"Stage": "live"}) == {}

    urls = session.client("sqs").list_queues()["QueueUrls"]
    assert [url.split("/")[-1] for url in urls] == ["live"]
