import FlagdGRPC
import FlagdTransport

/// What a sync source needs to know, made from a provider's settings.
struct SyncSettings: Sendable {
    /// Where the server is.
    let endpoint: Endpoint
    /// How to connect.
    var transport: TransportConfiguration
    /// Who asks; may be empty.
    let providerID: String
    /// Which flags; may be empty, which is all.
    let selector: String
    /// Headers of every call, without the token.
    let headers: RequestHeaders
    /// Gives the bearer token, asked for every attempt.
    let bearerToken: (@Sendable () async throws -> String)?
    /// Bounds unary calls.
    let deadline: Duration
    /// The largest message, in bytes.
    let maximumMessageSize: Int
    /// When streams are opened and closed.
    let policy: ReconnectPolicy.Configuration
    /// The target as errors show it.
    let label: String

    /// Connecting takes no longer than this, and no longer than the longest wait between attempts.
    static let connectTimeout = Duration.seconds(5)

    /// Takes what concerns the source out of a provider's settings; nil when they choose another source.
    init?(_ configuration: EffectiveConfiguration, options: FlagdOptions) {
        guard let target = configuration.target else { return nil }
        switch target.address {
        case .host(let host, let port): endpoint = .hostPort(host: host, port: port)
        case .unix(let path): endpoint = .unixSocket(path: path)
        }
        policy = ReconnectPolicy.Configuration(
            retryBackoff: configuration.retryBackoff.value, retryBackoffMax: configuration.retryBackoffMax.value,
            deadline: configuration.deadline.value, streamDeadline: configuration.streamDeadline.value)
        transport = TransportConfiguration(connectTimeout: min(Self.connectTimeout, policy.cap))
        transport.authority = configuration.authority.value ?? target.authority
        if target.isEncrypted ?? configuration.tls.value { transport.tls = Self.encryption(configuration) }
        if configuration.keepAlive.value > .zero {
            transport.keepAlive = KeepAliveConfiguration(
                time: max(configuration.keepAlive.value, ConfigurationLimits.minimumKeepAlive))
        }
        providerID = configuration.providerID.value ?? ""
        selector = configuration.selector.value ?? ""
        headers = options.headers
        bearerToken = options.bearerToken
        deadline = configuration.deadline.value
        maximumMessageSize = configuration.maxMessageSize.value
        label = "\(target)"
    }

    private static func encryption(_ configuration: EffectiveConfiguration) -> TLSConfiguration {
        TLSConfiguration(
            certificateAuthorityPath: configuration.certPath.value,
            clientCertificatePath: configuration.clientCertPath.value,
            clientKeyPath: configuration.clientKeyPath.value, libraryPath: configuration.openSSLLibraryPath.value)
    }

    /// What every call of an attempt carries: headers, token, limit.
    ///
    /// - Throws: UNAUTHENTICATED when there is no token to be had, INTERNAL for a header that gRPC does not take.
    func callOptions() async throws(GRPCStatus) -> GRPCCallOptions {
        var options = GRPCCallOptions(maximumMessageSize: maximumMessageSize)
        do throws(GRPCMetadataError) {
            for (name, value) in headers.fields {
                try options.metadata.append(name: name, text: value, isSensitive: true)
            }
        } catch {
            throw GRPCStatus(.internalError, "\(error)")
        }
        guard let bearerToken else { return options }
        let token: String
        do {
            token = try await bearerToken()
        } catch {
            throw GRPCStatus(.unauthenticated, "the bearer token cannot be had: \(error)")
        }
        do throws(GRPCMetadataError) {
            try options.metadata.append(name: "authorization", text: "Bearer \(token)", isSensitive: true)
        } catch {
            throw GRPCStatus(.unauthenticated, "the bearer token cannot be sent: \(error)")
        }
        return options
    }

    /// The same for a unary call, with its time-out.
    func unaryOptions(_ options: GRPCCallOptions) -> GRPCCallOptions {
        var unary = options
        unary.timeout = deadline
        return unary
    }

    /// When unary calls are tried again (specification: provider, "gRPC source").
    var retry: GRPCRetryPolicy {
        GRPCRetryPolicy(initialBackoff: min(.seconds(1), policy.cap), maximumBackoff: policy.cap)
    }
}
