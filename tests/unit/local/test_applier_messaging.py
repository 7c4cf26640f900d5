"""Topics, queues and subscriptions as templates describe them: messages stay."""

import json

MESSAGING = """
    Parameters:
      Attempts: {Type: Number, Default: 3}
    Resources:
      Subscription:
        Type: AWS::SNS::Subscription
        Properties:
          TopicArn: !Ref Topic
          Protocol: sqs
          Endpoint: !GetAtt Queue.Arn
          RawMessageDelivery: true
          RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn}
      Queue:
        Type: AWS::SQS::Queue
        Properties:
          QueueName: work
          VisibilityTimeout: 60
          RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: !Ref Attempts}
      Dead: {Type: AWS::SQS::Queue}
      Topic:
        Type: AWS::SNS::Topic
        Properties: {TopicName: !Join ["-", [job, requests]]}
      Policy:
        Type: AWS::SQS::QueuePolicy
        Properties:
          Queues: [!Ref Queue]
          PolicyDocument: {Version: "2012-10-17", Statement: []}
    Outputs:
      Queue: {Value: !Ref Queue}
      Topic: {Value: !Ref Topic}
      Dead: {Value: !GetAtt Dead.QueueName}
"""


def test_what_is_published_arrives_raw(apply, session):
    """The order in the template does not matter; a queue without a name gets one."""
    outputs = apply(MESSAGING)
    session.client("sns").publish(TopicArn=outputs["Topic"], Message="hello")

    (message,) = session.client("sqs").receive_message(QueueUrl=outputs["Queue"])["Messages"]

    assert message["Body"] == "hello"
    assert outputs["Topic"].endswith(":job-requests")
    assert outputs["Dead"] == "stack-Dead"


def test_an_existing_queue_gets_its_new_attributes(apply, session):
    """CreateQueue would refuse, and the messages stay."""
    queue = apply(MESSAGING)["Queue"]
    sqs = session.client("sqs")
    sqs.send_message(QueueUrl=queue, MessageBody="kept")

    apply(MESSAGING, {"Attempts": "7"})

    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert json.loads(attributes["RedrivePolicy"])["maxReceiveCount"] == 7
    assert attributes["ApproximateNumberOfMessages"] == "1"
    topic = apply(MESSAGING)["Topic"]
    assert len(session.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]) == 1
