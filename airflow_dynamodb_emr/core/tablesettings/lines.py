"""What a person reads about the settings of a restored table."""

from __future__ import annotations

from airflow_dynamodb_emr.core.tablesettings.step import Outcome, PutBack, SettingsReport
from airflow_dynamodb_emr.core.words import counted


def planned(table: str, put: PutBack) -> list[str]:
    """Before anything is done: what of its settings will be others, or none; by reason, because that is often the same."""
    mapped = [f"  {table}: {step.setting} is mapped: {step.how}" for step in put.steps if step.mapped]
    reasons: dict[str, list[str]] = {}
    for setting in put.left_out:
        reasons.setdefault(setting.how, []).append(setting.name)
    return [*mapped, *(f"  {table}: not put back: {', '.join(names)}: {why}" for why, names in reasons.items())]


def became(report: SettingsReport) -> list[str]:
    """What is as it was is counted; whatever somebody has to know of has a line."""
    plain = [each for each in report.settings if each.outcome is Outcome.RESTORED and not each.how]
    if not report.settings:
        return []
    names = f": {', '.join(each.name for each in plain)}" if plain else ""
    return [
        f"  {report.table}: {counted(len(report.settings), 'setting')}, {len(plain)} as they were{names}",
        *(f"    {each}" for each in report.settings if each not in plain),
    ]
