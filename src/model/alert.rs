//! Warnings as boards read them: `alerts.json`, normalised from CAP 1.2 by the publisher.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `alerts.json`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Alerts {
    /// Never left out: a misspelt key must not read as "no warnings" and withdraw those in force.
    pub alerts: Vec<Alert>,
}

/// Viet Nam's disaster risk levels (Decision 18/2021/QĐ-TTg, article 4), 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u8", into = "u8")]
#[schemars(with = "u8")]
pub struct RiskLevel(u8);

impl RiskLevel {
    pub fn new(level: u8) -> Option<RiskLevel> {
        (1..=5).contains(&level).then_some(RiskLevel(level))
    }
    pub fn number(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for RiskLevel {
    type Error = String;
    fn try_from(level: u8) -> Result<Self, String> {
        RiskLevel::new(level).ok_or_else(|| format!("risk level {level} is not from 1 to 5"))
    }
}

impl From<RiskLevel> for u8 {
    fn from(level: RiskLevel) -> u8 {
        level.0
    }
}

/// CAP 1.2 `status`. Test, System and Draft never show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum AlertStatus {
    Actual,
    Exercise,
    Test,
    System,
    Draft,
}

/// CAP 1.2 `msgType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum MessageType {
    Alert,
    Update,
    Cancel,
}

/// What identifies a CAP message (CAP 1.2, 3.2.1 `references`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct AlertId {
    pub sender: String,
    pub identifier: String,
    pub sent: Timestamp,
}

/// What kind of hazard: its icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Hazard {
    #[default]
    CanhBao,
    Lu,
    SatLo,
    MuaDa,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Alert {
    #[serde(flatten)]
    pub id: AlertId,
    pub status: AlertStatus,
    pub message: MessageType,
    /// The messages that an Update or a Cancel acts on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<AlertId>,
    pub level: RiskLevel,
    #[serde(default)]
    pub hazard: Hazard,
    /// The hazard in words, for example "Lũ quét".
    pub event: String,
    /// Where and when, for example "Bản Nà Đon, Nà Khan · từ 14h đến 20h".
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub area: String,
    /// What to do, at most four lines, the last with the number to call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub issuer: String,
    /// When it begins; `id.sent` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub onset: Option<Timestamp>,
    /// When it ends; 6 hours after `id.sent` when absent, and never later than 72 hours after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
}
