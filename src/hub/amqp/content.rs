//! How the bytes of a message stand in the body: as they are, compressed, or as a reference to the archive.

use super::super::files::{Unfinished, make_folder, sync_folder};
use crate::disk::{Folder, Mode, Refusal};
use crate::hub::HubError;
use flate2::Compression;
use flate2::read::{GzDecoder, GzEncoder};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::PathBuf;

/// `content_type` of a message itself.
pub const XML: &str = "application/xml";
/// `content_type` of a reference to a message.
pub const REFERENCE: &str = "application/vnd.happyflow.reference+json";
/// `content_encoding` of a compressed message.
pub const GZIP: &str = "gzip";
/// The other one that senders may use.
pub const ZSTD: &str = "zstd";

/// What a body may unpack to, in bytes; the standard allows messages of 25 MB.
pub const MAX_UNPACKED_BYTES: u64 = 64 * 1024 * 1024;

/// A body with what the properties say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// What is sent.
    pub bytes: Vec<u8>,
    /// `content_type`.
    pub content_type: &'static str,
    /// `content_encoding`.
    pub encoding: Option<&'static str>,
}

/// A reference to a message in the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reference {
    /// SHA-256 of the message, in lower-case hexadecimals; its file is called so, with `.xml` behind it.
    sha256: String,
    /// Its length in bytes.
    length: u64,
}

/// Why the message in a body cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    /// The body is not what its properties say, or unpacks to too much.
    #[error("de inhoud is niet uit te pakken")]
    Unpack,
    /// The reference is not in the agreed form.
    #[error("de verwijzing naar het archief is niet te lezen")]
    Reference,
    /// What is referred to is not in the archive, or is something else.
    #[error("het bericht waarnaar wordt verwezen is niet te lezen uit het archief")]
    Missing,
}

/// When messages are compressed or referred to, and where the latter lie.
#[derive(Debug, Clone)]
pub struct Packing {
    /// Larger messages are compressed.
    pub compress_above: usize,
    /// What is larger even then is referred to.
    pub refer_above: usize,
    /// Where those lie.
    pub archive: PathBuf,
}

impl Packing {
    /// The body for a message. What is referred to is in the archive, durably, when this returns.
    pub fn pack(&self, message: &[u8]) -> Result<Body, HubError> {
        if message.len() <= self.compress_above.min(self.refer_above) {
            return Ok(Body { bytes: message.to_vec(), content_type: XML, encoding: None });
        }
        let mut packed = Vec::with_capacity(message.len() / 8);
        // Reading from and writing to memory does not fail.
        let _ = GzEncoder::new(message, Compression::fast()).read_to_end(&mut packed);
        if packed.len() <= self.refer_above {
            return Ok(Body { bytes: packed, content_type: XML, encoding: Some(GZIP) });
        }
        let sha256 = hex(&Sha256::digest(message));
        let archive = make_folder(&self.archive)?;
        let name = file(&sha256);
        // What others put there under this name is not ours.
        let there = archive.file(name.as_ref()).is_ok_and(|file| file.length() == message.len() as u64);
        if !there {
            let file = Unfinished::write(&archive, &name, Mode::Shared, message)?;
            file.sync()?;
            file.finish()?;
            sync_folder(&archive)?;
        }
        let reference = Reference { sha256, length: message.len() as u64 };
        let bytes = serde_json::to_vec(&reference).unwrap_or_default();
        Ok(Body { bytes, content_type: REFERENCE, encoding: None })
    }

    /// The message in a body that was received.
    pub fn unpack(
        &self,
        content_type: Option<&str>,
        encoding: Option<&str>,
        body: Vec<u8>,
    ) -> Result<Vec<u8>, ContentError> {
        let body = match encoding {
            None | Some("" | "identity") => body,
            Some(GZIP) => bounded(GzDecoder::new(body.as_slice()))?,
            Some(ZSTD) => {
                let decoder = zstd::stream::read::Decoder::new(body.as_slice());
                bounded(decoder.map_err(|_| ContentError::Unpack)?)?
            }
            Some(_) => return Err(ContentError::Unpack),
        };
        if content_type == Some(REFERENCE) { self.referred(&body) } else { Ok(body) }
    }

    fn referred(&self, body: &[u8]) -> Result<Vec<u8>, ContentError> {
        let reference: Reference = serde_json::from_slice(body).map_err(|_| ContentError::Reference)?;
        let Reference { sha256, length } = reference;
        let is_digest = sha256.len() == 64
            && sha256.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if !is_digest || length > MAX_UNPACKED_BYTES {
            return Err(ContentError::Reference);
        }
        let name = file(&sha256);
        // Who may refer may also write there.
        let archived = Folder::open(&self.archive).map_err(Refusal::from);
        let bytes =
            archived.and_then(|archive| archive.file(name.as_ref())?.read(length)).map_err(|reason| {
                let path = self.archive.join(&name);
                tracing::warn!(path = %path.display(), %reason, "verwijzing naar het archief niet te volgen");
                ContentError::Missing
            })?;
        let same = bytes.len() as u64 == length && hex(&Sha256::digest(&bytes)) == sha256;
        if same { Ok(bytes) } else { Err(ContentError::Missing) }
    }
}

/// The name of a message in the archive.
fn file(sha256: &str) -> String {
    format!("{sha256}.xml")
}

/// Everything that a reader gives, when that is not too much.
fn bounded(reader: impl Read) -> Result<Vec<u8>, ContentError> {
    let mut bytes = Vec::new();
    let read = reader.take(MAX_UNPACKED_BYTES + 1).read_to_end(&mut bytes);
    if read.is_err() || bytes.len() as u64 > MAX_UNPACKED_BYTES {
        return Err(ContentError::Unpack);
    }
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = |byte: &u8| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
    bytes.iter().flat_map(digits).map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn packing(folder: &Path, compress_above: usize, refer_above: usize) -> Packing {
        Packing { compress_above, refer_above, archive: folder.join("archief") }
    }

    fn back(packing: &Packing, body: Body) -> Result<Vec<u8>, ContentError> {
        packing.unpack(Some(body.content_type), body.encoding, body.bytes)
    }

    #[test]
    fn what_is_packed_is_unpacked_the_same_in_every_size() {
        let folder = tempfile::tempdir().unwrap();
        let message: Vec<u8> =
            (0..3000_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        for (compress, refer, kind, encoding) in [
            (12_000, 20_000, XML, None),
            (11_999, 20_000, XML, Some(GZIP)),
            (0, 100, REFERENCE, None),
            (20_000, 11_999, REFERENCE, None),
        ] {
            let packing = packing(folder.path(), compress, refer);
            for _ in 0..2 {
                let body = packing.pack(&message).unwrap();
                assert_eq!((body.content_type, body.encoding), (kind, encoding));
                assert_eq!(back(&packing, body).unwrap(), message);
            }
        }
        let zstd = zstd::encode_all(message.as_slice(), 1).unwrap();
        let unpacked = packing(folder.path(), 0, 0).unpack(None, Some(ZSTD), zstd).unwrap();
        assert_eq!(unpacked, message);
    }

    #[test]
    fn a_bomb_a_cut_body_and_an_unknown_encoding_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let packing = packing(folder.path(), 0, usize::MAX);
        let zeros = vec![0; usize::try_from(MAX_UNPACKED_BYTES).unwrap() + 1];
        let bomb = packing.pack(&zeros).unwrap();
        assert!(bomb.bytes.len() < 1024 * 1024);
        assert_eq!(back(&packing, bomb), Err(ContentError::Unpack));
        let fits = packing.pack(&zeros[1..]).unwrap();
        assert_eq!(back(&packing, fits).unwrap().len(), zeros.len() - 1);
        let mut cut = packing.pack(b"<bericht/>").unwrap();
        cut.bytes.pop();
        assert_eq!(back(&packing, cut), Err(ContentError::Unpack));
        assert_eq!(packing.unpack(None, Some("br"), vec![1]), Err(ContentError::Unpack));
    }

    #[test]
    fn a_reference_leads_to_that_message_and_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let packing = packing(folder.path(), 0, 0);
        let body = packing.pack(b"<bericht/>").unwrap();
        assert_eq!(back(&packing, body.clone()).unwrap(), b"<bericht/>");
        for bad in [
            r#"{"sha256":"../../../../etc/passwd","length":10}"#,
            r#"{"sha256":"","length":10}"#,
            r#"{"length":10}"#,
            "geen json",
        ] {
            let found = packing.unpack(Some(REFERENCE), None, bad.as_bytes().to_vec());
            assert_eq!(found, Err(ContentError::Reference), "{bad}");
        }
        let text = String::from_utf8(body.bytes.clone()).unwrap();
        let longer = text.replace("\"length\":10", "\"length\":11");
        assert_eq!(packing.unpack(Some(REFERENCE), None, longer.into_bytes()), Err(ContentError::Missing));
        let file = std::fs::read_dir(&packing.archive).unwrap().next().unwrap().unwrap().path();
        std::fs::write(file, b"<anders/ >").unwrap();
        assert_eq!(back(&packing, body), Err(ContentError::Missing));
    }
}
