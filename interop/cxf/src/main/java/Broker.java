import jakarta.xml.soap.SOAPElement;
import jakarta.xml.soap.SOAPException;
import jakarta.xml.soap.SOAPMessage;
import jakarta.xml.ws.Dispatch;
import jakarta.xml.ws.Service;
import jakarta.xml.ws.soap.MTOMFeature;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import javax.security.auth.callback.CallbackHandler;
import javax.xml.namespace.QName;
import org.apache.cxf.ws.security.SecurityConstants;
import org.apache.wss4j.common.ext.WSPasswordCallback;
import org.w3c.dom.NodeList;

/**
 * The broker service in one binding, for one user. CXF gets its contract and nothing else: addresses, actions and policies are
 * those that it reads there.
 */
final class Broker {
    /** Who calls. The keystore holds one certificate with its key, by which EC2 knows the enterprise. */
    record Login(String user, String password, Path keystore, String keystorePassword) {}

    /** A line of the list of available files. */
    record Available(String reference, String name, long size) {}

    private final Login login;
    private final boolean enterprise;
    private final Dispatch<SOAPMessage> plain;
    private final Dispatch<SOAPMessage> streamed;

    Broker(String endpoint, String binding, Login login) throws IOException {
        this.login = login;
        enterprise = binding.equals("ec2");
        String name = "BrokerServiceExternal" + (enterprise ? "EC2" : "");
        plain = port(endpoint, name);
        streamed = port(endpoint, name + "Streamed", new MTOMFeature());
    }

    private Dispatch<SOAPMessage> port(String endpoint, String name, MTOMFeature... features) throws IOException {
        var contract = URI.create(endpoint + "/ServiceEngineExternal/" + name + ".svc?wsdl").toURL();
        var service = Service.create(contract, new QName(Messages.SERVICE, name + "SF"));
        var port = service.createDispatch(service.getPorts().next(), SOAPMessage.class, Service.Mode.MESSAGE, features);
        Map<String, Object> context = port.getRequestContext();
        context.put("find.dispatch.operation", true); // the contract knows which action a body goes with
        if (enterprise) {
            context.put(SecurityConstants.SIGNATURE_PROPERTIES + ".sct", keystore());
            context.put(SecurityConstants.CALLBACK_HANDLER + ".sct", (CallbackHandler) callbacks -> {
                for (var callback : callbacks) {
                    ((WSPasswordCallback) callback).setPassword(login.keystorePassword);
                }
            });
        } else {
            context.put(SecurityConstants.USERNAME, login.user);
            context.put(SecurityConstants.PASSWORD, login.password);
        }
        return port;
    }

    private Properties keystore() {
        var merlin = new Properties();
        merlin.put("org.apache.wss4j.crypto.provider", "org.apache.wss4j.common.crypto.Merlin");
        merlin.put("org.apache.wss4j.crypto.merlin.keystore.type", "pkcs12");
        merlin.put("org.apache.wss4j.crypto.merlin.keystore.file", login.keystore.toString());
        merlin.put("org.apache.wss4j.crypto.merlin.keystore.password", login.keystorePassword);
        return merlin;
    }

    /** Gives the reference of the file to come. */
    String initiate(String sender, String recipient, String fileName, String own) throws SOAPException {
        var message = Messages.message();
        var initiation = Messages.add(operation(message, "InitiateBrokerService"), Messages.SERVICE, "brokerServiceInitiation");
        var manifest = add(initiation, "Manifest");
        add(manifest, "ExternalServiceCode", "4192");
        add(manifest, "ExternalServiceEditionCode", "270815");
        add(add(add(manifest, "FileList"), "File"), "FileName", fileName);
        add(manifest, "Reportee", sender);
        add(manifest, "SendersReference", own);
        add(add(add(initiation, "RecipientList"), "Recipient"), "PartyNumber", recipient);
        return plain.invoke(message).getSOAPBody().getTextContent();
    }

    /** Gives the status on the receipt. */
    String upload(String reference, String sender, Path file) throws SOAPException {
        var message = Messages.message();
        var header = message.getSOAPHeader();
        Messages.add(header, Messages.SERVICE, "FileName", file.getFileName().toString());
        if (enterprise) {
            Messages.add(header, Messages.SERVICE, "Password", login.password);
        }
        Messages.add(header, Messages.SERVICE, "Reference", reference);
        Messages.add(header, Messages.SERVICE, "Reportee", sender);
        if (enterprise) {
            Messages.add(header, Messages.SERVICE, "UserName", login.user);
        }
        String payload = enterprise ? "StreamedPayloadECBE" : "StreamedPayloadExternalBE";
        var holder = Messages.add(message.getSOAPBody(), Messages.SERVICE, payload);
        Messages.attach(message, Messages.add(holder, Messages.SERVICE, "DataStream"), file);
        return found(streamed.invoke(message), Messages.SERVICE, "ReceiptStatusCode").item(0).getTextContent();
    }

    List<Available> available(String recipient) throws SOAPException {
        var message = Messages.message();
        var search = Messages.add(operation(message, "GetAvailableFiles"), Messages.SERVICE, "searchParameters");
        add(search, "FileStatus", "Uploaded");
        add(search, "Reportee", recipient);
        var answer = plain.invoke(message);
        var references = found(answer, Messages.DATA, "FileReference");
        var names = found(answer, Messages.DATA, "FileName");
        var sizes = found(answer, Messages.DATA, "FileSize");
        var files = new ArrayList<Available>();
        for (int i = 0; i < references.getLength(); i++) {
            files.add(new Available(references.item(i).getTextContent(), names.item(i).getTextContent(),
                Long.parseLong(sizes.item(i).getTextContent())));
        }
        return files;
    }

    void download(String reference, String recipient, Path to) throws SOAPException, IOException {
        var message = Messages.message();
        about(operation(message, "DownloadFileStreamed"), reference, recipient);
        var answer = streamed.invoke(message);
        if (found(answer, Messages.XOP, "Include").getLength() != 1 || answer.countAttachments() != 1) {
            throw new SOAPException("the answer does not hold one file");
        }
        try (var content = answer.getAttachments().next().getDataHandler().getInputStream()) {
            Files.copy(content, to);
        }
    }

    void confirm(String reference, String recipient) throws SOAPException {
        var message = Messages.message();
        about(operation(message, "ConfirmDownloaded"), reference, recipient);
        plain.invoke(message);
    }

    /** The body of an operation, under the name that the binding has for it and with the login that it wants there. */
    private SOAPElement operation(SOAPMessage message, String name) throws SOAPException {
        var element = Messages.add(message.getSOAPBody(), Messages.SERVICE, name + (enterprise ? "EC" : ""));
        if (enterprise) {
            Messages.add(element, Messages.SERVICE, "userName", login.user);
            Messages.add(element, Messages.SERVICE, "password", login.password);
        }
        return element;
    }

    private static void about(SOAPElement operation, String reference, String recipient) throws SOAPException {
        Messages.add(operation, Messages.SERVICE, "fileReference", reference);
        Messages.add(operation, Messages.SERVICE, "reportee", recipient);
    }

    private static SOAPElement add(SOAPElement parent, String name) throws SOAPException {
        return Messages.add(parent, Messages.DATA, name);
    }

    private static void add(SOAPElement parent, String name, String text) throws SOAPException {
        Messages.add(parent, Messages.DATA, name, text);
    }

    private static NodeList found(SOAPMessage message, String namespace, String name) throws SOAPException {
        return message.getSOAPBody().getElementsByTagNameNS(namespace, name);
    }
}
