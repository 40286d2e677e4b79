//! TLS for a machine whose clock may be years off.
//!
//! Certificate authorities are the machine's own: `SSL_CERT_FILE`, or the system's bundle. A certificate is
//! judged at the time that the caller believes. Where that is only a floor, it may lie before the certificate
//! was issued; a board without a clock could then never fetch what tells it the time. So there, and only
//! there, a certificate that begins later is judged at its beginning. One that has expired is always refused.
//!
//! What a feed shows is signed; TLS only keeps others from reading along. Nothing learned here about the time
//! is kept.

use jiff::Timestamp;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Certificates of a chain that may each turn out to begin later than the one before.
const CHAIN_MAX: usize = 8;

/// The time that a certificate is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TlsTime {
    pub at: Timestamp,
    /// It may be any time later.
    pub is_floor: bool,
}

/// Asked anew for each connection.
pub type Now = Arc<dyn Fn() -> TlsTime + Send + Sync>;

/// How to speak TLS, by the machine's certificate authorities.
///
/// # Errors
/// The cryptography does not fit together: our bug.
pub(super) fn config(now: Now) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
    let roots = Arc::new(authorities());
    let Ok(inner) = WebPkiServerVerifier::builder_with_provider(Arc::clone(&roots), provider).build() else {
        // No authorities: every certificate is from an unknown issuer, and plain HTTP still works.
        return Ok(builder.with_root_certificates(roots).with_no_client_auth());
    };
    let verifier = Arc::new(Patient { inner, now });
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

fn authorities() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let files =
        ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];
    let named = std::env::var_os("SSL_CERT_FILE").filter(|file| !file.is_empty()).map(PathBuf::from);
    let bundle = named.or_else(|| files.into_iter().map(PathBuf::from).find(|file| file.is_file()));
    if let Some(bundle) = bundle {
        match CertificateDer::pem_file_iter(&bundle) {
            // One certificate that cannot be read does not cost the others.
            Ok(certificates) => drop(roots.add_parsable_certificates(certificates.flatten())),
            Err(error) => tracing::warn!(file = %bundle.display(), %error, "no certificate authorities"),
        }
    }
    roots
}

struct Patient {
    inner: Arc<WebPkiServerVerifier>,
    now: Now,
}

impl std::fmt::Debug for Patient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Patient")
    }
}

impl ServerCertVerifier for Patient {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let believed = (self.now)();
        judge(believed, |at| {
            self.inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, at)
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// Verifies at the believed time; where that is only a floor, at the beginning of what begins later.
fn judge<T>(believed: TlsTime, verify: impl Fn(UnixTime) -> Result<T, Error>) -> Result<T, Error> {
    let seconds = u64::try_from(believed.at.as_second()).unwrap_or(0);
    let mut at = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    let mut result = verify(at);
    for _ in 0..CHAIN_MAX {
        match &result {
            Err(Error::InvalidCertificate(CertificateError::NotValidYetContext { not_before, .. }))
                if believed.is_floor && *not_before > at =>
            {
                at = *not_before;
                result = verify(at);
            }
            _ => break,
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A chain of which one certificate is valid from 100 to 300 and the other from 200 to 250.
    fn chain(at: UnixTime) -> Result<u64, Error> {
        let time = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        for (from, until) in [(100, 300), (200, 250)] {
            if at < time(from) {
                let error = CertificateError::NotValidYetContext { time: at, not_before: time(from) };
                return Err(Error::InvalidCertificate(error));
            }
            if at > time(until) {
                let error = CertificateError::ExpiredContext { time: at, not_after: time(until) };
                return Err(Error::InvalidCertificate(error));
            }
        }
        Ok(at.as_secs())
    }

    #[test]
    fn a_floor_may_lie_before_a_certificate_and_a_known_time_may_not() {
        let judged = |seconds, is_floor| {
            judge(TlsTime { at: Timestamp::from_second(seconds).unwrap(), is_floor }, chain).ok()
        };
        assert_eq!(judged(0, true), Some(200));
        assert_eq!(judged(220, true), Some(220));
        assert_eq!(judged(0, false), None);
        assert_eq!(judged(220, false), Some(220));
        assert_eq!(judged(251, true), None, "expired is expired");
    }
}
