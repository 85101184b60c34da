import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Map;
import java.util.Properties;
import javax.net.ssl.KeyManagerFactory;
import javax.security.auth.callback.CallbackHandler;
import javax.xml.namespace.QName;
import org.apache.cxf.BusFactory;
import org.apache.cxf.configuration.jsse.TLSServerParameters;
import org.apache.cxf.jaxws.EndpointImpl;
import org.apache.cxf.ws.security.SecurityConstants;
import org.apache.cxf.transport.http_jetty.JettyHTTPServerEngineFactory;
import org.apache.wss4j.common.ext.WSPasswordCallback;

/**
 * The broker service by CXF in WS and EC2. Our contracts say what messages must hold, and CXF checks it: passwords, times,
 * signatures and certificates. It also begins the sessions of EC2.
 */
public final class Server {
    /** PORT CONTRACTS STORE TLS TRUSTED: the keystore of TLS, and the one that says whose certificates begin sessions. */
    public static void main(String[] args) throws Exception {
        int port = Integer.parseInt(args[0]);
        useTLS(port, Path.of(args[3]));
        var service = new BrokerService(Path.of(args[2]));
        for (String name : new String[] {"", "Streamed", "EC2", "EC2Streamed"}) {
            publish(port, Path.of(args[1]), "BrokerServiceExternal" + name, service, Path.of(args[4]));
        }
        System.out.println("listening");
    }

    private static void useTLS(int port, Path keystore) throws GeneralSecurityException, IOException {
        char[] password = System.getenv("KEYSTORE_PASSWORD").toCharArray();
        var keys = KeyStore.getInstance("PKCS12");
        try (var file = new FileInputStream(keystore.toFile())) {
            keys.load(file, password);
        }
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, password);
        var tls = new TLSServerParameters();
        tls.setKeyManagers(managers.getKeyManagers());
        BusFactory.getDefaultBus().getExtension(JettyHTTPServerEngineFactory.class).setTLSServerParametersForPort(port, tls);
    }

    private static void publish(int port, Path contracts, String name, BrokerService service, Path trusted) {
        var endpoint = new EndpointImpl(service);
        endpoint.setWsdlLocation(contracts.resolve(name + ".wsdl").toUri().toString());
        endpoint.setServiceName(new QName(Messages.SERVICE, name + "SF"));
        endpoint.setEndpointName(new QName(Messages.SERVICE, "CustomBinding_I" + name));
        endpoint.setProperties(Map.of(
            "mtom-enabled", name.endsWith("Streamed"),
            SecurityConstants.RETURN_SECURITY_ERROR, true, // instead of one fault for everything
            SecurityConstants.CALLBACK_HANDLER, (CallbackHandler) callbacks -> {
                for (var callback : callbacks) {
                    var asked = (WSPasswordCallback) callback;
                    asked.setPassword(BrokerService.password(asked.getIdentifier()));
                }
            },
            SecurityConstants.SIGNATURE_PROPERTIES + ".sct", truststore(trusted)));
        endpoint.publish("https://127.0.0.1:" + port + "/ServiceEngineExternal/" + name + ".svc");
    }

    private static Properties truststore(Path trusted) {
        var merlin = new Properties();
        merlin.put("org.apache.wss4j.crypto.provider", "org.apache.wss4j.common.crypto.Merlin");
        merlin.put("org.apache.wss4j.crypto.merlin.truststore.type", "pkcs12");
        merlin.put("org.apache.wss4j.crypto.merlin.truststore.file", trusted.toString());
        merlin.put("org.apache.wss4j.crypto.merlin.truststore.password", System.getenv("KEYSTORE_PASSWORD"));
        return merlin;
    }
}
