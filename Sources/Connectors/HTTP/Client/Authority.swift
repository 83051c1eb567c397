import Model
import NIOSSL

/// Trust in certificates that the system does not know.
///
/// Verification itself cannot be turned off.
enum Authority {
    static func configuration(pem: String) throws -> TLSConfiguration {
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMBytes(Array(pem.utf8))
        } catch {
            throw TransportError(.authority, "tls.ca holds no certificate in PEM")
        }
        guard !certificates.isEmpty else {
            throw TransportError(.authority, "tls.ca holds no certificate in PEM")
        }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.additionalTrustRoots = [.certificates(certificates)]
        return configuration
    }
}
