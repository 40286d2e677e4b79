//! Signatures and digests for `sigstore-tuf`, by ring: the same code that TLS uses here.
//!
//! `sigstore-crypto` asks for one provider in the process and panics without it; [`ready`] is called before
//! anything is verified. Ed25519 is what Bangtin's own feeds use; ECDSA and RSA-PSS let a board follow a
//! feed whose keys somebody else's tools made. Everything else is refused as unsupported, never accepted.

use ring::{digest, signature};
use sigstore_crypto::{CryptoProvider, Error, HashContext, Result, SigningScheme};
use sigstore_types::HashAlgorithm;

/// Makes sure that signatures can be verified. Costs nothing when called again.
pub(super) fn ready() {
    // An error says that it was installed before, by this same call.
    let _ = sigstore_crypto::install_default_provider(&Ring);
}

#[derive(Debug)]
struct Ring;

struct Hashing(digest::Context);

impl HashContext for Hashing {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }
    fn finalize(self: Box<Self>) -> Vec<u8> {
        self.0.finish().as_ref().to_vec()
    }
}

impl CryptoProvider for Ring {
    fn hash(&self, algorithm: HashAlgorithm) -> Result<Box<dyn HashContext>> {
        let algorithm = match algorithm {
            HashAlgorithm::Sha2256 => &digest::SHA256,
            HashAlgorithm::Sha2384 => &digest::SHA384,
            HashAlgorithm::Sha2512 => &digest::SHA512,
            other => return Err(Error::UnsupportedAlgorithm(format!("{other:?}"))),
        };
        Ok(Box::new(Hashing(digest::Context::new(algorithm))))
    }

    fn verify_raw(&self, scheme: SigningScheme, key: &[u8], data: &[u8], mark: &[u8]) -> Result<()> {
        let algorithm: &dyn signature::VerificationAlgorithm = match scheme {
            SigningScheme::Ed25519 => &signature::ED25519,
            SigningScheme::EcdsaP256Sha256 => &signature::ECDSA_P256_SHA256_ASN1,
            SigningScheme::EcdsaP384Sha384 => &signature::ECDSA_P384_SHA384_ASN1,
            SigningScheme::RsaPssSha256 => &signature::RSA_PSS_2048_8192_SHA256,
            SigningScheme::RsaPssSha384 => &signature::RSA_PSS_2048_8192_SHA384,
            SigningScheme::RsaPssSha512 => &signature::RSA_PSS_2048_8192_SHA512,
            other => return Err(Error::UnsupportedAlgorithm(other.name().into())),
        };
        signature::UnparsedPublicKey::new(algorithm, key)
            .verify(data, mark)
            .map_err(|_| Error::Verification("signature does not fit".into()))
    }

    fn verify_prehashed(&self, scheme: SigningScheme, _: &[u8], _: &[u8], _: &[u8]) -> Result<()> {
        Err(Error::UnsupportedAlgorithm(format!("{} over a digest", scheme.name())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::KeyPair;

    #[test]
    fn only_the_right_signature_by_the_right_key_passes() {
        ready();
        let pair = signature::Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let mark = pair.sign(b"xin chao");
        let key = pair.public_key().as_ref();
        let verify = |key: &[u8], data: &[u8], mark: &[u8]| {
            Ring.verify_raw(SigningScheme::Ed25519, key, data, mark).is_ok()
        };
        assert!(verify(key, b"xin chao", mark.as_ref()));
        assert!(!verify(key, b"xin chaO", mark.as_ref()));
        assert!(!verify(&[1; 32], b"xin chao", mark.as_ref()));
        assert!(!verify(key, b"xin chao", &[0; 64]));
        assert!(Ring.verify_raw(SigningScheme::MlDsa44, key, b"", b"").is_err());
    }
}
