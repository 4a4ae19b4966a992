import AlmanacKernel
import Testing

struct SecretTests {
    private struct Holder {
        let name = "gateway"
        let key: Secret
    }

    @Test func isNotShownByAnythingThatPrints() {
        let holder = Holder(key: Secret("hunter2"))
        var dumped = ""
        dump(holder, to: &dumped)
        dump(holder.key, to: &dumped)

        let shown = ["\(holder.key)", String(reflecting: holder.key), "\(holder)", String(reflecting: holder), dumped]

        #expect(shown.allSatisfy { !$0.contains("hunter2") && $0.contains("•••") })
        #expect(holder.key.reveal() == "hunter2")
    }

    @Test func comparesBytes() {
        #expect(Secret("hunter2") == Secret("hunter2"))
        #expect(Secret("hunter2") != Secret("hunter3"))
        #expect(Secret("hunter") != Secret("hunter2"))
        #expect(Secret("K") != Secret("\u{212A}"))
    }

    @Test func valuesFromOutsideAreNotShownByATree() {
        let node: SettingsNode = ["port": .reference("hunter2", written: "${env:PORT}"), "host": "a\nb"]
        var dumped = ""
        dump(node, to: &dumped)

        #expect(node.description == #"{port: ${env:PORT}, host: "a\nb"}"#)
        #expect(![dumped, String(reflecting: node)].contains { $0.contains("hunter2") })
    }
}
