"""Whoever is to be told of what failed: is there a topic, and does anybody hear of it."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_dynamodb_emr.aws.checks.looking import Seen, look
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.core.checklist import Checklist
from airflow_dynamodb_emr.core.findings import Finding
from airflow_dynamodb_emr.core.words import counted

_NAME = "notify_topic"


def check(clients: Clients, wanted: Checklist) -> Iterator[Finding]:
    topic = wanted.topic
    if topic:
        yield look(_NAME, lambda: _heard(clients, topic), "sns:ListSubscriptionsByTopic on it", f"create it, or correct {_NAME}", topic)


def _heard(clients: Clients, topic: str) -> Seen:
    region = topic.split(":")[3]
    if region != clients.region:
        hint = "look whether it is there, and whether anybody has subscribed to it"
        return Finding(name=_NAME, ok=None, detail=f"{topic} is in {region}, where nobody has looked", hint=hint)
    found = clients.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    heard = sum(each["SubscriptionArn"].startswith("arn:") for each in found)  # the others have yet to confirm it
    if not heard:
        hint = "subscribe a mailbox or a chat to it, and confirm that: aws sns subscribe --topic-arn ... --protocol email --notification-endpoint ..."
        return Finding(name=_NAME, ok=False, detail=f"nobody has subscribed to {topic}: nobody would be told", hint=hint)
    return f"{topic} reaches {counted(heard, 'subscriber')}"
