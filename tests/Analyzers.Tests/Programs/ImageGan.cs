using System;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Adversarial
{
    class Generator : Module<Tensor, Tensor>
    {
        readonly Sequential main;

        public Generator(int nz, int ngf) : base("Generator")
        {
            main = Sequential(
                ConvTranspose2d(nz, ngf * 4, 4, bias: false),
                BatchNorm2d(ngf * 4),
                ReLU(true),
                ConvTranspose2d(ngf * 4, ngf * 2, 4, stride: 2, padding: 1, bias: false),
                BatchNorm2d(ngf * 2),
                ReLU(true),
                ConvTranspose2d(ngf * 2, ngf, 4, stride: 2, padding: 1, bias: false),
                BatchNorm2d(ngf),
                ReLU(true),
                ConvTranspose2d(ngf, 3, 4, stride: 2, padding: 1, bias: false),
                Tanh());
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => main.call(input);
    }

    class Discriminator : Module<Tensor, Tensor>
    {
        readonly Sequential main;

        public Discriminator(int ndf) : base("Discriminator")
        {
            main = Sequential(
                Conv2d(3, ndf, 4, stride: 2, padding: 1, bias: false),
                LeakyReLU(0.2, inplace: true),
                Conv2d(ndf, ndf * 2, 4, stride: 2, padding: 1, bias: false),
                BatchNorm2d(ndf * 2),
                LeakyReLU(0.2, inplace: true),
                Conv2d(ndf * 2, ndf * 4, 4, stride: 2, padding: 1, bias: false),
                BatchNorm2d(ndf * 4),
                LeakyReLU(0.2, inplace: true),
                Conv2d(ndf * 4, 1, 4, bias: false));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => main.call(input).view(-1);
    }

    static class Gan
    {
        const int Nz = 100;

        static void InitializeWeights(Module module)
        {
            foreach (var (name, parameter) in module.named_parameters())
            {
                if (parameter.shape.Length == 4) init.normal_(parameter, 0.0, 0.02);
                else if (name.EndsWith("weight")) init.normal_(parameter, 1.0, 0.02);
                else init.zeros_(parameter);
            }
        }

        public static void Train(DataLoader dataloader, Device device, int epochs)
        {
            var netG = new Generator(Nz, 64);
            var netD = new Discriminator(64);
            InitializeWeights(netG);
            InitializeWeights(netD);
            netG.to(device);
            netD.to(device);

            var criterion = BCEWithLogitsLoss();
            var fixedNoise = randn(64, Nz, 1, 1, device: device);
            var optimizerD = optim.Adam(netD.parameters(), lr: 2e-4, beta1: 0.5);
            var optimizerG = optim.Adam(netG.parameters(), lr: 2e-4, beta1: 0.5);

            for (int epoch = 0; epoch < epochs; epoch++)
            {
                var i = 0;
                foreach (var data in dataloader)
                {
                    using var scope = NewDisposeScope();

                    // Real images, then fake ones; their gradients add up.
                    optimizerD.zero_grad();
                    var real = data["data"];
                    var size = real.shape[0];
                    var output = netD.call(real);
                    var errDReal = criterion.call(output, ones_like(output));
                    errDReal.backward();

                    var noise = randn(size, Nz, 1, 1, device: device);
                    var fake = netG.call(noise);
                    output = netD.call(fake.detach());
                    var errDFake = criterion.call(output, zeros_like(output));
                    errDFake.backward();
                    optimizerD.step();

                    // The generator wants its images to be taken for real.
                    optimizerG.zero_grad();
                    output = netD.call(fake);
                    var errG = criterion.call(output, ones_like(output));
                    errG.backward();
                    optimizerG.step();

                    if (i++ % 50 == 0)
                        Console.WriteLine($"[{epoch}/{epochs}] D {(errDReal + errDFake).item<float>():F3} G {errG.item<float>():F3}");
                }

                Show(netG, fixedNoise, epoch);
            }
        }

        static void Show(Generator generator, Tensor noise, int epoch)
        {
            generator.eval();
            using (no_grad())
            using (var images = generator.call(noise))
                images.cpu().save($"fake{epoch}.dat");
            generator.train();
        }
    }
}
