import AlmanacKernel

/// A plugin that has nothing but what a test is about.
protocol BarePlugin: Plugin where Settings == NoSettings {
    init()
}

extension BarePlugin {
    init(settings: NoSettings, kernel: Kernel<Self>) throws { self.init() }

    var contributions: Contributions { Contributions() }
}
