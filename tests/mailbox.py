"""An SNS topic whose messages can be read: they end up in a queue, as they would in a mailbox."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from airflow_dynamodb_emr.core.message import Message


class Mailbox:
    def __init__(self, client: Callable[[str], Any], name: str) -> None:
        self._sqs = client("sqs")
        self._queue = self._sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sns = client("sns")
        self.topic: str = sns.create_topic(Name=name)["TopicArn"]
        sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=arn)
        self._read: list[Message] = []

    @property
    def messages(self) -> list[Message]:
        """All there have been, in order."""
        self._read += self._new()
        return self._read

    def about(self, words: str) -> list[Message]:
        """Those with these words in the subject."""
        return [message for message in self.messages if words in message.subject]

    def _new(self) -> Iterator[Message]:
        while received := self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10).get("Messages", []):
            for each in received:
                self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=each["ReceiptHandle"])
                sent = json.loads(each["Body"])
                yield Message(subject=sent["Subject"], body=sent["Message"])
