//! Signatures of tokens. A library reads the tokens and says what is to be verified; the cryptography is that of TLS, so
//! there is one of it in the program.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind, new_error};
use jsonwebtoken::signature::{Error as SignatureError, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind, EncodingKey};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_SHA256, RSA_PSS_2048_8192_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair, RsaParameters,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;

/// With which tokens may be signed: by a key of which only its owner has the private half.
pub const ALLOWED: [Algorithm; 3] = [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256];

static RING: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| Ok(Box::new(Ondertekenaar(allowed(*algorithm)?, key.clone()))),
    verifier_factory: |algorithm, key| {
        let algorithm = allowed(*algorithm)?;
        if key.family() != algorithm.family() {
            return Err(new_error(ErrorKind::InvalidKeyFormat));
        }
        Ok(Box::new(Controleur(algorithm, key.clone())))
    },
    // Asked only by who makes public keys of private ones.
    key_utils: KeyUtils {
        rsa_pub_components_from_private_key: |_| Err(unsupported()),
        rsa_pub_components_from_public_key: |_| Err(unsupported()),
        ec_pub_components_from_private_key: |_, _| Err(unsupported()),
        ed_pub_components_from_private_key: |_, _| Err(unsupported()),
        compute_digest: |_, _| Err(unsupported()),
    },
};

/// Makes this the cryptography of all tokens, and of connections when there is none yet.
pub fn install() {
    let _ = RING.install_default();
    let _ = rustls::crypto::ring::default_provider().install_default();
}

fn unsupported() -> Error {
    new_error(ErrorKind::UnsupportedAlgorithm)
}

fn allowed(algorithm: Algorithm) -> Result<Algorithm, Error> {
    if ALLOWED.contains(&algorithm) { Ok(algorithm) } else { Err(unsupported()) }
}

/// Our private key, read from PEM (PKCS #8): RSA or the curve P-256.
pub fn own_key(pem: &str) -> Option<EncodingKey> {
    let key = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).ok()?;
    let der = key.secret_pkcs8_der();
    if RsaKeyPair::from_pkcs8(der).is_ok() {
        return Some(EncodingKey::from_rsa_der(der));
    }
    curve_key(der).is_ok().then(|| EncodingKey::from_ec_der(der))
}

fn curve_key(der: &[u8]) -> Result<EcdsaKeyPair, SignatureError> {
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &SystemRandom::new());
    pair.map_err(|_| SignatureError::new())
}

struct Ondertekenaar(Algorithm, EncodingKey);

impl Signer<Vec<u8>> for Ondertekenaar {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, SignatureError> {
        let key = self.1.as_bytes();
        let padding: &'static dyn RsaEncoding = match self.0 {
            Algorithm::PS256 => &RSA_PSS_SHA256,
            Algorithm::RS256 => &RSA_PKCS1_SHA256,
            _ => {
                let signed = curve_key(key)?.sign(&SystemRandom::new(), message);
                return signed.map(|done| done.as_ref().to_vec()).map_err(|_| SignatureError::new());
            }
        };
        let pair = RsaKeyPair::from_pkcs8(key).map_err(|_| SignatureError::new())?;
        let mut signed = vec![0; pair.public().modulus_len()];
        let done = pair.sign(padding, &SystemRandom::new(), message, &mut signed);
        done.map(|()| signed).map_err(|_| SignatureError::new())
    }
}

impl JwtSigner for Ondertekenaar {
    fn algorithm(&self) -> Algorithm {
        self.0
    }
}

struct Controleur(Algorithm, DecodingKey);

impl Verifier<Vec<u8>> for Controleur {
    fn verify(&self, message: &[u8], signed: &Vec<u8>) -> Result<(), SignatureError> {
        let padding: &RsaParameters = match self.0 {
            Algorithm::PS256 => &RSA_PSS_2048_8192_SHA256,
            _ => &RSA_PKCS1_2048_8192_SHA256,
        };
        let good = match (self.0, self.1.kind()) {
            (Algorithm::ES256, DecodingKeyKind::SecretOrDer(point)) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signed)
            }
            (Algorithm::RS256 | Algorithm::PS256, DecodingKeyKind::RsaModulusExponent { n, e }) => {
                RsaPublicKeyComponents { n, e }.verify(padding, message, signed)
            }
            _ => return Err(SignatureError::new()),
        };
        good.map_err(|_| SignatureError::new())
    }
}

impl JwtVerifier for Controleur {
    fn algorithm(&self) -> Algorithm {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jsonwebtoken::crypto::{sign, verify};
    use ring::signature::KeyPair;

    const RSA: &str = include_str!("../../../fixtures/console/inlogdienst.pem");

    #[test]
    fn what_is_signed_is_verified_and_what_was_changed_is_not() {
        install();
        let key = own_key(RSA).unwrap();
        let pair = RsaKeyPair::from_pkcs8(key.as_bytes()).unwrap();
        let public = ring::signature::RsaPublicKeyComponents::<Vec<u8>>::from(pair.public());
        let public = DecodingKey::from_rsa_raw_components(&public.n, &public.e);
        for algorithm in [Algorithm::RS256, Algorithm::PS256] {
            let signed = sign(b"a.b", &key, algorithm).unwrap();
            assert!(verify(&signed, b"a.b", &public, algorithm).unwrap());
            assert!(!verify(&signed, b"a.c", &public, algorithm).unwrap());
        }
        let generated =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let curve = EncodingKey::from_ec_der(generated.as_ref());
        let point = curve_key(generated.as_ref()).unwrap().public_key().as_ref().to_vec();
        let signed = sign(b"a.b", &curve, Algorithm::ES256).unwrap();
        let point = DecodingKey::from_ec_der(&point);
        assert!(verify(&signed, b"a.b", &point, Algorithm::ES256).unwrap());
        assert!(!verify(&signed, b"a.c", &point, Algorithm::ES256).unwrap());
        // A key of one kind is none of another, and what both sides know is no signature.
        assert!(verify(&signed, b"a.b", &public, Algorithm::ES256).is_err());
        assert!(sign(b"a.b", &EncodingKey::from_secret(b"x").unwrap(), Algorithm::HS256).is_err());
        assert!(verify("", b"a.b", &DecodingKey::from_secret(b"x").unwrap(), Algorithm::HS256).is_err());
    }

    #[test]
    fn a_key_is_read_from_its_file_or_is_none() {
        assert!(own_key(RSA).is_some());
        for none in ["", "geheim", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
            assert!(own_key(none).is_none(), "{none}");
        }
    }
}
