import jakarta.xml.soap.SOAPException;
import jakarta.xml.ws.soap.SOAPFaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.namespace.QName;

/** Sends files through the broker service in one binding, and gets them back. The first thing that is wrong ends it. */
public final class Client {
    private static final String SENDER = "910075918";
    private static final String RECIPIENT = "910077473";
    private static final String NOWHERE = "00000000-0000-4000-8000-000000000000";
    private static final String WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

    /** ENDPOINT BINDING KEYSTORE STRANGER FILE...: the service knows the certificate in the first keystore only. */
    public static void main(String[] args) throws Exception {
        String endpoint = args[0];
        String binding = args[1];
        Path keystore = Path.of(args[2]);
        Path stranger = Path.of(args[3]);
        var files = Stream.of(args).skip(4).map(Path::of).toList();

        var sender = new Broker(endpoint, binding, login("avsender", System.getenv("SENDER_PASSWORD"), keystore));
        var recipient = new Broker(endpoint, binding, login("mottaker", System.getenv("RECIPIENT_PASSWORD"), keystore));
        for (var file : files) {
            passes(sender, recipient, file);
        }
        say("%d files there and back", files.size());

        var file = files.get(0);
        var wrong = new Broker(endpoint, binding, login("avsender", "wrong", keystore));
        fails(40212, () -> sender.upload(NOWHERE, SENDER, file));
        fails(40212, () -> recipient.download(NOWHERE, RECIPIENT, file.resolveSibling("none")));
        fails(5, () -> wrong.available(SENDER));
        fails(5, () -> wrong.upload(NOWHERE, SENDER, file));
        say("faults are typed, those of uploads and downloads too");

        if (binding.equals("ec2")) {
            var unknown = new Broker(endpoint, binding, login("avsender", System.getenv("SENDER_PASSWORD"), stranger));
            var subcodes = new ArrayList<QName>();
            refused(() -> unknown.available(SENDER)).getFault().getFaultSubcodes().forEachRemaining(subcodes::add);
            check(List.of(new QName(WSSE, "FailedAuthentication")), subcodes);
            say("a certificate that the service does not know begins no session");
        }
    }

    private static Broker.Login login(String user, String password, Path keystore) {
        return new Broker.Login(user, password, keystore, System.getenv("KEYSTORE_PASSWORD"));
    }

    private static void passes(Broker sender, Broker recipient, Path file) throws SOAPException, IOException {
        String name = file.getFileName().toString();
        String reference = sender.initiate(SENDER, RECIPIENT, name, "cxf-" + name);
        check("OK", sender.upload(reference, SENDER, file));
        check(List.of(new Broker.Available(reference, name, Files.size(file))), recipient.available(RECIPIENT));
        Path got = file.resolveSibling("got");
        recipient.download(reference, RECIPIENT, got);
        check(-1L, Files.mismatch(file, got));
        Files.delete(got);
        recipient.confirm(reference, RECIPIENT);
        check(List.of(), recipient.available(RECIPIENT));
    }

    private interface Call {
        void run() throws Exception;
    }

    private static void fails(int code, Call call) throws Exception {
        var detail = refused(call).getFault().getDetail();
        check(1, detail.getElementsByTagNameNS(Messages.FAULT, "AltinnFault").getLength());
        check("" + code, detail.getElementsByTagNameNS(Messages.FAULT, "ErrorID").item(0).getTextContent());
    }

    private static SOAPFaultException refused(Call call) throws Exception {
        try {
            call.run();
        } catch (SOAPFaultException e) {
            return e;
        }
        throw new AssertionError("no fault where there should be one");
    }

    private static void check(Object want, Object got) {
        if (!want.equals(got)) {
            throw new AssertionError("got " + got + ", want " + want);
        }
    }

    private static void say(String format, Object... args) {
        System.out.printf("   " + format + "%n", args);
    }
}
