//! SCRAM-SHA-256 verifiers (RFC 5802, RFC 7677), in the form that PostgreSQL keeps and accepts in place of a password (manual, 53.8):
//! `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::PasswordError;

/// PostgreSQL's own number (`scram_iterations`).
const ITERATIONS: u32 = 4096;
/// More than anybody would choose: a verifier that demands more is not recomputed.
const MOST_ITERATIONS: u32 = 1_000_000;

type Key = [u8; 32];

/// The verifier of a password. The password is printable ASCII, which `SASLprep` (RFC 4013) leaves as it is.
pub(super) fn verifier(password: &str, salt: &[u8]) -> Result<String, PasswordError> {
    render(password, salt, ITERATIONS)
}

/// Whether the verifier is that of the password. One of another kind, such as md5, is not.
pub(super) fn matches(verifier: &str, password: &str) -> bool {
    let recomputed = parse(verifier).and_then(|(iterations, salt)| render(password, &salt, iterations).ok());
    recomputed.is_some_and(|recomputed| recomputed == verifier)
}

/// Iterations and salt.
fn parse(verifier: &str) -> Option<(u32, Vec<u8>)> {
    let (parameters, _keys) = verifier.strip_prefix("SCRAM-SHA-256$")?.split_once('$')?;
    let (iterations, salt) = parameters.split_once(':')?;
    let iterations = iterations.parse().ok().filter(|iterations| (1..=MOST_ITERATIONS).contains(iterations))?;
    Some((iterations, STANDARD.decode(salt).ok()?))
}

fn render(password: &str, salt: &[u8], iterations: u32) -> Result<String, PasswordError> {
    let salted = salted_password(password.as_bytes(), salt, iterations)?;
    let stored_key = Sha256::digest(hmac(&salted, &[b"Client Key"])?);
    let server_key = hmac(&salted, &[b"Server Key"])?;
    let [salt, stored_key, server_key] = [salt, &stored_key, &server_key].map(|bytes| STANDARD.encode(bytes));
    Ok(format!("SCRAM-SHA-256${iterations}:{salt}${stored_key}:{server_key}"))
}

/// `Hi(password, salt, i)` of RFC 5802, 2.2: PBKDF2 with one block.
fn salted_password(password: &[u8], salt: &[u8], iterations: u32) -> Result<Key, PasswordError> {
    let mut last = hmac(password, &[salt, &1_u32.to_be_bytes()])?;
    let mut sum = last;
    for _ in 1..iterations {
        last = hmac(password, &[&last])?;
        for (byte, other) in sum.iter_mut().zip(last) {
            *byte ^= other;
        }
    }
    Ok(sum)
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Result<Key, PasswordError> {
    // HMAC takes a key of any length; the error exists for other MACs.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| PasswordError::Hash)?;
    for part in parts {
        mac.update(part);
    }
    Ok(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7677, 3: its server signature is `HMAC(ServerKey, AuthMessage)`.
    #[test]
    fn the_example_of_rfc_7677_comes_out() {
        let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").expect("is base64");
        let salted = salted_password(b"pencil", &salt, 4096).expect("hashes");
        let server_key = hmac(&salted, &[b"Server Key"]).expect("hashes");
        let message = "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,\
                       c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        let signature = hmac(&server_key, &[message.as_bytes()]).expect("hashes");
        assert_eq!(STANDARD.encode(signature), "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    }

    #[test]
    fn a_verifier_matches_its_password_only() {
        let verifier = verifier("correct horse", b"0123456789abcdef").expect("hashes");
        assert!(matches(&verifier, "correct horse") && !matches(&verifier, "correct horsf"));
        for other in ["", "md5abc", "SCRAM-SHA-256$", "SCRAM-SHA-256$4294967295:AA==$a:b", "SCRAM-SHA-256$0:AA==$a:b"] {
            assert!(!matches(other, "correct horse"));
        }
    }
}
