import Crypto

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// AES-GCM with 256 bits, nonces of 96 bits and tags of 128 (NIST SP 800-38D).
package enum AuthenticatedCipher {
    package static let keySize = 32
    package static let nonceSize = 12
    package static let tagSize = 16

    /// The key, the nonce or the data are not what they must be; says nothing more on purpose.
    package struct Refused: Error {}

    /// Nonce, ciphertext and tag, one after the other.
    package static func seal(
        _ bytes: [UInt8],
        key: SymmetricKey,
        nonce: [UInt8],
        authenticating data: [UInt8],
    ) throws(Refused) -> [UInt8] {
        guard key.bitCount == keySize * 8, nonce.count == nonceSize else { throw Refused() }
        do {
            let box = try AES.GCM.seal(
                bytes,
                using: key,
                nonce: AES.GCM.Nonce(data: nonce),
                authenticating: data,
            )
            return nonce + Array(box.ciphertext) + Array(box.tag)
        } catch {
            throw Refused()
        }
    }

    package static func open(
        _ sealed: [UInt8],
        key: SymmetricKey,
        authenticating data: [UInt8],
    ) throws(Refused) -> [UInt8] {
        guard key.bitCount == keySize * 8, sealed.count >= nonceSize + tagSize else {
            throw Refused()
        }
        do {
            let box = try AES.GCM.SealedBox(
                nonce: AES.GCM.Nonce(data: sealed.prefix(nonceSize)),
                ciphertext: sealed[nonceSize..<(sealed.count - tagSize)],
                tag: sealed.suffix(tagSize),
            )
            var opened = try AES.GCM.open(box, using: key, authenticating: data)
            defer { opened.resetBytes(in: opened.startIndex..<opened.endIndex) }
            return Array(opened)
        } catch {
            throw Refused()
        }
    }

    /// Overwrites bytes that held a secret, in a way that no optimizer leaves out.
    package static func wipe(_ bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { buffer in
            guard let start = buffer.baseAddress else { return }
            #if canImport(Glibc)
            explicit_bzero(start, buffer.count)
            #else
            _ = memset_s(start, buffer.count, 0, buffer.count)
            #endif
        }
    }
}
