import Model
import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What an error of the client, the network or TLS means.
enum FailureClassifier {
    static func classify(_ error: any Error) -> TransportError {
        switch error {
        case let error as TransportError: return error
        case is CancellationError: return TransportError(.cancelled, "the request was cancelled")
        case let error as HTTPClientError: return client(error)
        case let error as NIOConnectionError: return connection(error)
        case let error as IOError: return system(error.errnoCode)
        case let error as NIOSSLError: return tls(error)
        case is NIOSSLExtraError:
            return TransportError(.certificate, "the server's certificate is not for this host")
        case let error as ChannelError: return channel(error)
        case HTTPParserError.invalidEOFState:
            return TransportError(.reset, "the connection ended in the middle of the answer")
        case is HTTPParserError:
            return TransportError(.malformedResponse, "the answer is not HTTP")
        case is ClientPool.WrongPeer:
            return TransportError(.addressRefused, "the connection led to another address")
        default: return other(error)
        }
    }

    private static func client(_ error: HTTPClientError) -> TransportError {
        switch error {
        case .cancelled, .requestStreamCancelled, .alreadyShutdown:
            TransportError(.cancelled, "the request was cancelled")
        case .connectTimeout:
            TransportError(.connectTimeout, "no connection in time")
        case .getConnectionFromPoolTimeout:
            TransportError(.poolTimeout, "all connections to the host are busy")
        case .tlsHandshakeTimeout:
            TransportError(.tlsTimeout, "the TLS handshake took too long")
        case .readTimeout:
            TransportError(.readTimeout, "the service sent nothing in time")
        case .writeTimeout:
            TransportError(.writeTimeout, "the service did not take the request in time")
        case .deadlineExceeded:
            TransportError(.totalTimeout, "the request took too long as a whole")
        case .remoteConnectionClosed, .uncleanShutdown:
            TransportError(.reset, "the service closed the connection without a whole answer")
        case .invalidURL, .emptyHost, .emptyScheme:
            TransportError(.invalidURL, "the URL is not valid")
        case .traceRequestWithBody, .bodyLengthMismatch, .contentLengthMissing,
            .identityCodingIncorrectlyPresent:
            TransportError(.invalidRequest, "the request is not valid: \(error.shortDescription)")
        default:
            TransportError(.internalFault, "the HTTP client failed: \(error.shortDescription)")
        }
    }

    private static func connection(_ error: NIOConnectionError) -> TransportError {
        guard let first = error.connectionErrors.first else {
            return TransportError(.hostUnknown, "the host has no address")
        }
        return classify(first.error)
    }

    private static func channel(_ error: ChannelError) -> TransportError {
        switch error {
        case .connectTimeout: TransportError(.connectTimeout, "no connection in time")
        case .ioOnClosedChannel, .alreadyClosed, .eof, .inputClosed, .outputClosed:
            TransportError(.reset, "the connection was closed")
        default: TransportError(.internalFault, "the channel failed: \(error)")
        }
    }

    private static func system(_ code: Int32) -> TransportError {
        switch code {
        case ECONNREFUSED:
            TransportError(.connectRefused, "nothing listens there: the connection was refused")
        case EHOSTUNREACH, ENETUNREACH, ENETDOWN, EHOSTDOWN, EADDRNOTAVAIL, EACCES, EPERM:
            TransportError(.unreachable, "there is no way to the host (error \(code))")
        case ETIMEDOUT:
            TransportError(.connectTimeout, "the network gave up waiting")
        case ECONNRESET, EPIPE, ECONNABORTED, ENOTCONN:
            TransportError(.reset, "the connection was reset")
        case EMFILE, ENFILE, ENOBUFS, ENOMEM:
            TransportError(.internalFault, "this machine is out of resources (error \(code))")
        default:
            TransportError(.unreachable, "the connection failed (error \(code))")
        }
    }

    private static func tls(_ error: NIOSSLError) -> TransportError {
        switch error {
        case .handshakeFailed(let inner):
            let text = String(describing: inner)
            if text.contains("CERTIFICATE_VERIFY_FAILED") {
                return TransportError(.certificate, "the server's certificate is not trusted")
            }
            if case .syscallError = inner {
                return TransportError(.reset, "the connection was reset during the TLS handshake")
            }
            return TransportError(.tlsHandshake, "the TLS handshake failed: \(text.prefix(200))")
        case .unableToValidateCertificate, .noCertificateToValidate:
            return TransportError(.certificate, "the server's certificate could not be validated")
        case .failedToLoadCertificate, .failedToLoadPrivateKey, .noSuchFilesystemObject:
            return TransportError(.authority, "the certificate authority could not be read")
        case .uncleanShutdown:
            return TransportError(.reset, "the connection ended without a TLS goodbye")
        default:
            return TransportError(.tlsHandshake, "TLS failed: \(error)")
        }
    }

    /// Errors of modules that are no dependency of ours, known by name.
    private static func other(_ error: any Error) -> TransportError {
        let type = String(reflecting: Swift.type(of: error))
        if type.hasPrefix("NIOHTTPCompression.") {
            return "\(error)" == "limit"
                ? TransportError(.responseTooLarge, "the unpacked answer is too large")
                : TransportError(.undecodable, "the packed answer is damaged")
        }
        return TransportError(.internalFault, "an unexpected error: \(type)")
    }
}
