//! Warnings as boards read them: `alerts.json`, normalised from CAP 1.2 by the publisher.

use super::media::Media;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

/// `alerts.json`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Alerts {
    /// Never left out: a misspelt key must not read as "no warnings" and withdraw those in force.
    pub alerts: Vec<Alert>,
}

impl Alerts {
    /// Every media file that they name, repetitions included.
    pub fn media(&self) -> impl Iterator<Item = &Media> {
        self.alerts.iter().filter_map(|alert| alert.audio.as_ref())
    }
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
    Lu,
    LuQuet,
    SatLo,
    Bao,
    MuaDa,
    RetHai,
    Chay,
    /// A reservoir lets water go.
    XaLu,
    DichBenh,
    /// Any other; also what a newer publisher calls by a word that this board does not know.
    #[default]
    #[serde(other)]
    CanhBao,
}

impl Hazard {
    pub const ALL: [Hazard; 10] = [
        Hazard::Lu,
        Hazard::LuQuet,
        Hazard::SatLo,
        Hazard::Bao,
        Hazard::MuaDa,
        Hazard::RetHai,
        Hazard::Chay,
        Hazard::XaLu,
        Hazard::DichBenh,
        Hazard::CanhBao,
    ];

    /// As `alerts.json` and the icons have it.
    pub fn word(self) -> &'static str {
        match self {
            Hazard::Lu => "lu",
            Hazard::LuQuet => "lu-quet",
            Hazard::SatLo => "sat-lo",
            Hazard::Bao => "bao",
            Hazard::MuaDa => "mua-da",
            Hazard::RetHai => "ret-hai",
            Hazard::Chay => "chay",
            Hazard::XaLu => "xa-lu",
            Hazard::DichBenh => "dich-benh",
            Hazard::CanhBao => "canh-bao",
        }
    }

    /// Its English word.
    pub fn english(self) -> &'static str {
        match self {
            Hazard::Lu => "flood",
            Hazard::LuQuet => "flash-flood",
            Hazard::SatLo => "landslide",
            Hazard::Bao => "storm",
            Hazard::MuaDa => "hail",
            Hazard::RetHai => "cold",
            Hazard::Chay => "fire",
            Hazard::XaLu => "dam-release",
            Hazard::DichBenh => "epidemic",
            Hazard::CanhBao => "warning",
        }
    }

    /// As residents call it; nothing for what is none of these.
    pub fn name(self) -> &'static str {
        match self {
            Hazard::Lu => "Lũ",
            Hazard::LuQuet => "Lũ quét",
            Hazard::SatLo => "Sạt lở đất",
            Hazard::Bao => "Bão",
            Hazard::MuaDa => "Mưa đá",
            Hazard::RetHai => "Rét hại",
            Hazard::Chay => "Cháy",
            Hazard::XaLu => "Xả lũ",
            Hazard::DichBenh => "Dịch bệnh",
            Hazard::CanhBao => "",
        }
    }
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
    /// What is spoken after each siren. One that cannot be read costs the voice and not the warning.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "media_or_none")]
    pub audio: Option<Media>,
}

fn media_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Media>, D::Error> {
    Ok(serde_json::from_value(serde_json::Value::deserialize(deserializer)?).ok())
}
