internal import AlmanacKernel

/// The address of a proxy, or the block in which proxies are.
struct ProxyBlock: SettingValue {
    let block: NetworkBlock?

    static var placeholder: Self { Self(block: nil) }
    static var settingType: SettingType { .text() }
    var settingNode: SettingsNode { SettingsNode(.scalar(.init(self.block.map { "\($0)" } ?? ""))) }

    private init(block: NetworkBlock?) { self.block = block }

    init(setting node: SettingsNode) throws(SettingMismatch) {
        self.block = try NetworkBlock(
            node, butNotAll: "trusting every address would let anybody choose theirs",
            advice: "name the addresses of your proxies")
    }
}

/// A network of the operator's own from which calendars may be fetched.
struct OwnNetwork: SettingValue {
    let block: NetworkBlock?

    static var placeholder: Self { Self(block: nil) }
    static var settingType: SettingType { .text() }
    var settingNode: SettingsNode { SettingsNode(.scalar(.init(self.block.map { "\($0)" } ?? ""))) }

    private init(block: NetworkBlock?) { self.block = block }

    init(setting node: SettingsNode) throws(SettingMismatch) {
        self.block = try NetworkBlock(
            node, butNotAll: "allowing every address would let anybody reach what stands beside the server",
            advice: "name the addresses of the services that are meant")
    }
}

extension NetworkBlock {
    /// Reads an address or a block of the manifest.
    fileprivate init(_ node: SettingsNode, butNotAll reason: String, advice: String) throws(SettingMismatch) {
        let expected = "an address such as 127.0.0.1 or a block such as 10.0.0.0/8"
        let text = try node.text(expected: expected)
        do {
            self = try NetworkBlock(text)
        } catch {
            switch error {
            case .notABlock: throw SettingMismatch(expected: expected, found: node)
            case .bitsBehindPrefix(let meant):
                throw SettingMismatch(
                    expected: "a block without bits behind its length", found: node, advice: "write \(meant)")
            case .everything: throw SettingMismatch(reason, advice: advice, at: node.position)
            }
        }
    }
}
