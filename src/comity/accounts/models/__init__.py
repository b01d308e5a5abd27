"""What the organisation and its people are. Nothing here changes state; actions do."""

from .demo import DemoRow
from .entrance import Invitation, SignInFailure, SignInLink, SystemMail
from .hours import BusinessHours, OwnDay
from .organisation import Brand, Flag, Organisation, SettingRow
from .people import Agent, AgentSkill, Membership, Presence, Role, Scope, Skill, Team, Theme
from .tokens import Token

__all__ = [
    "Agent",
    "AgentSkill",
    "Brand",
    "BusinessHours",
    "DemoRow",
    "Flag",
    "Invitation",
    "Membership",
    "Organisation",
    "OwnDay",
    "Presence",
    "Role",
    "Scope",
    "SettingRow",
    "SignInFailure",
    "SignInLink",
    "Skill",
    "SystemMail",
    "Team",
    "Theme",
    "Token",
]
