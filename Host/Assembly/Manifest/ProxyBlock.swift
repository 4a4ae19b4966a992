internal import AlmanacKernel

/// The address of a proxy, or the block in which proxies are.
struct ProxyBlock: SettingValue {
    let block: NetworkBlock?

    static var placeholder: Self { Self(block: nil) }
    static var settingType: SettingType { .text() }
    var settingNode: SettingsNode { SettingsNode(.scalar(.init(self.block.map { "\($0)" } ?? ""))) }

    private init(block: NetworkBlock?) { self.block = block }

    init(setting node: SettingsNode) throws(SettingMismatch) {
        let expected = "an address such as 127.0.0.1 or a block such as 10.0.0.0/8"
        let text = try node.text(expected: expected)
        do {
            self.block = try NetworkBlock(text)
        } catch {
            switch error {
            case .notABlock: throw SettingMismatch(expected: expected, found: node)
            case .bitsBehindPrefix(let meant):
                throw SettingMismatch(
                    expected: "a block without bits behind its length", found: node, advice: "write \(meant)")
            case .everything:
                throw SettingMismatch(
                    "trusting every address would let anybody choose theirs",
                    advice: "name the addresses of your proxies", at: node.position)
            }
        }
    }
}
